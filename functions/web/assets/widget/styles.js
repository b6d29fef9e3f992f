// The style sheet. It lives in the widget's shadow tree, built as an object, so that no page needs to
// allow inline styles. In a shadow tree an !important rule for the host wins over every rule of the page.

export const STYLES = `
:host{all:initial!important;display:block!important;position:fixed!important;inset:auto!important;width:0!important;height:0!important;z-index:2147483647!important;visibility:visible!important;opacity:1!important;pointer-events:auto!important;transform:none!important;filter:none!important;contain:none!important}
:host([framed]){position:static!important;width:100%!important;height:100%!important}
:host([hidden]){display:none!important}
*,*::before,*::after{box-sizing:border-box}
.root{font:400 15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif;color:var(--ink);text-align:start;-webkit-text-size-adjust:100%;-webkit-tap-highlight-color:transparent}
.hidden{position:absolute!important;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
button,input,textarea{font:inherit;color:inherit;letter-spacing:inherit;margin:0}
button{border:0;background:none;padding:0;cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.icon{width:20px;height:20px;flex:none;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round;display:block}
.dots{stroke-width:3.2}

.launcher{position:fixed;bottom:max(20px,env(safe-area-inset-bottom));right:20px;width:60px;height:60px;border-radius:50%;background:var(--primary);color:var(--on-primary);display:grid;place-items:center;box-shadow:0 0 0 1px rgb(255 255 255/.25),0 2px 6px rgb(0 0 0/.2),0 10px 28px rgb(0 0 0/.24);transition:transform .18s,box-shadow .18s}
.left .launcher{right:auto;left:20px}
.launcher:hover{transform:translateY(-2px) scale(1.03)}
.launcher:focus-visible{outline:3px solid var(--primary);outline-offset:3px;box-shadow:0 0 0 3px #fff,0 10px 28px rgb(0 0 0/.24)}
.launcher .icon{width:28px;height:28px}
.badge{position:absolute;top:-3px;inset-inline-end:-3px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c81e1e;color:#fff;font-size:12px;font-weight:650;line-height:22px;text-align:center;box-shadow:0 0 0 2px #fff}

.window{position:fixed;bottom:calc(max(20px,env(safe-area-inset-bottom)) + 76px);right:20px;width:390px;height:min(660px,100vh - 124px);height:min(660px,100dvh - 124px);display:flex;flex-direction:column;background:var(--ground);color:var(--ink);border-radius:18px;overflow:hidden;box-shadow:0 0 0 1px var(--line),0 8px 24px rgb(0 0 0/.12),0 24px 64px rgb(0 0 0/.2);animation:rise .24s cubic-bezier(.2,.8,.3,1);transform-origin:100% 100%}
.left .window{right:auto;left:20px;transform-origin:0 100%}
@keyframes rise{from{opacity:0;transform:translateY(14px) scale(.97)}}

.head{display:flex;align-items:center;gap:12px;padding:14px 12px 14px 18px;padding-inline:18px 10px;background:linear-gradient(135deg,var(--primary),var(--shade));color:var(--on-primary);flex:none;position:relative}
.avatar{width:40px;height:40px;flex:none;border-radius:50%;display:grid;place-items:center;background:var(--on-primary);color:var(--primary);font-size:17px;font-weight:700}
.who{flex:1;min-width:0}
.name{margin:0;font-size:16px;font-weight:650;line-height:1.3;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.state{margin:0;font-size:13px;line-height:1.35;display:flex;align-items:center;gap:6px}
.state span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.state::before{content:"";width:8px;height:8px;flex:none;border-radius:50%;background:var(--online);box-shadow:0 0 0 2px rgb(255 255 255/.85)}
.off .state::before{background:#9ca3af}
.tool{width:40px;height:40px;border-radius:10px;display:grid;place-items:center}
.tool:hover,.tool[aria-expanded=true]{background:rgb(128 128 128/.28)}
.head :focus-visible{outline-color:var(--on-primary);outline-offset:-2px}
.menu{position:absolute;top:calc(100% - 6px);inset-inline-end:14px;z-index:3;min-width:210px;padding:6px;border-radius:12px;background:var(--ground);color:var(--ink);box-shadow:0 0 0 1px var(--line),0 12px 32px rgb(0 0 0/.22)}
.menu button{display:block;width:100%;min-height:40px;padding:8px 12px;border-radius:8px;text-align:start}
.menu button:hover,.menu button:focus-visible{background:var(--soft);color:var(--on-soft)}
.menu :focus-visible{outline-color:var(--accent)}

.notice{flex:none;padding:8px 18px;font-size:13.5px;background:var(--soft);color:var(--on-soft);border-bottom:1px solid var(--line)}
.log{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:20px 16px 8px;scrollbar-width:thin;scrollbar-color:var(--edge) transparent}
.log,.stack{display:flex;flex-direction:column;gap:4px}
.log:focus-visible{outline-offset:-3px}
.log>:first-child{margin-top:auto}
.row{display:flex;flex-direction:column;align-items:flex-start;max-width:100%;margin-bottom:10px}
.row.user{align-items:flex-end}
.from{display:flex;align-items:center;gap:5px;margin:0 4px 4px;font-size:12.5px;font-weight:600;color:var(--quiet)}
.from .icon{width:14px;height:14px}
.bubble{max-width:88%;padding:10px 14px;border-radius:18px;background:var(--soft);color:var(--on-soft);border-end-start-radius:6px;overflow-wrap:anywhere;min-width:0}
.user .bubble{background:var(--primary);color:var(--on-primary);border-radius:18px;border-end-end-radius:6px;white-space:pre-wrap;max-width:82%;box-shadow:inset 0 0 0 1px var(--rim)}
.agent .bubble{background:var(--tint);color:var(--ink);box-shadow:inset 0 0 0 1px var(--line)}
.enter{animation:enter .22s ease-out}
@keyframes enter{from{opacity:0;transform:translateY(6px)}}
.bubble>*{margin:0 0 8px}
.bubble>:last-child{margin-bottom:0}
.bubble a{color:var(--accent-on-soft);text-underline-offset:2px}
.agent .bubble a{color:var(--accent)}
.bubble ul,.bubble ol{padding-inline-start:20px}
.bubble li{margin:3px 0}
.bubble li>ul,.bubble li>ol{margin:3px 0}
.heading{font-weight:650;font-size:16px}
.bubble code{font:.88em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;padding:1px 5px;border-radius:5px;background:var(--code)}
.bubble pre{max-width:100%;overflow-x:auto;padding:10px 12px;border-radius:10px;background:var(--code);white-space:pre;overflow-wrap:normal}
.bubble pre code{padding:0;background:none}
.bubble blockquote{padding-inline-start:12px;border-inline-start:3px solid var(--edge)}
.bubble hr{border:0;border-top:1px solid var(--edge)}
.table{overflow-x:auto;max-width:100%}
.bubble table{border-collapse:collapse;font-size:14px}
.bubble th,.bubble td{padding:5px 12px 5px 0;padding-inline:0 12px;border-bottom:1px solid var(--line);text-align:start;vertical-align:top;overflow-wrap:normal}
.wait{display:flex;gap:5px;align-items:center;padding:14px 16px}
.wait i{width:7px;height:7px;border-radius:50%;background:var(--quiet-on-soft);animation:wait 1.2s infinite ease-in-out}
.wait i:nth-child(2){animation-delay:.15s}
.wait i:nth-child(3){animation-delay:.3s}
@keyframes wait{0%,60%,to{transform:none;opacity:.5}30%{transform:translateY(-5px);opacity:1}}

.under{display:flex;flex-wrap:wrap;align-items:center;gap:6px;margin-top:6px;max-width:100%}
.user .under{justify-content:flex-end}
.sources{margin:8px 0 0;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:6px;max-width:100%}
.sources a,.sources span.source{display:inline-flex;align-items:center;gap:6px;min-height:28px;max-width:100%;padding:3px 10px;border:1px solid var(--line);border-radius:14px;color:var(--ink);font-size:13px;text-decoration:none}
.sources a:hover{border-color:var(--accent);color:var(--accent)}
.sources .icon{width:13px;height:13px;color:var(--quiet)}
.sources b{font-weight:500;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;max-width:250px}
.rate{display:inline-flex;align-items:center;gap:6px;height:32px;padding:0 8px;border-radius:9px;color:var(--quiet);font-size:13px}
.row:not(:last-child) .said{display:none}
.rate:hover{background:var(--soft);color:var(--on-soft)}
.rate .icon{width:17px;height:17px}
.rate .flip{transform:rotate(180deg)}
.rate[aria-pressed=true]{color:var(--accent);background:var(--tint)}
.rate[aria-pressed=true] .icon{fill:var(--tint)}
.note{font-size:13px;color:var(--quiet)}
.note.bad{color:var(--danger)}
.again{display:inline-flex;align-items:center;gap:5px;min-height:28px;padding:2px 8px;border-radius:8px;color:var(--accent);font-size:13.5px;font-weight:600}
.again .icon{width:15px;height:15px}
.again:hover{background:var(--soft);color:var(--accent-on-soft)}
.event{align-self:center;max-width:92%;margin:6px 0 14px;padding:0 8px;font-size:13.5px;text-align:center;color:var(--quiet);overflow-wrap:anywhere}
.chips{display:flex;flex-direction:column;align-items:flex-end;gap:8px;margin:6px 0 12px;width:100%}
.row .chips{align-items:flex-start;margin:8px 0 2px}
.chip{max-width:92%;min-height:38px;padding:7px 15px;border:1.5px solid var(--accent);border-radius:19px;color:var(--accent);background:var(--ground);text-align:start;font-weight:550;line-height:1.4;overflow-wrap:anywhere;transition:background .12s}
.chip:hover{background:var(--tint)}
.chip[aria-disabled=true]{border-color:var(--line);color:var(--quiet);cursor:default;background:none}

.card{width:100%;margin:4px 0 14px;padding:16px;border:1px solid var(--line);border-radius:16px;background:var(--ground);box-shadow:0 2px 10px rgb(0 0 0/.06)}
.title{margin:0 0 10px;font-size:15px;font-weight:650}
.field{display:block;margin-bottom:10px;font-size:13.5px;font-weight:550}
.field input{display:block;width:100%;height:42px;margin-top:4px;padding:0 12px;border:1px solid var(--edge);border-radius:10px;background:var(--ground);color:var(--ink);font-size:16px;font-weight:400}
.field input:focus{outline:2px solid var(--accent);outline-offset:-1px;border-color:transparent}
.field input[aria-invalid=true]{border-color:var(--danger)}
::placeholder{color:var(--quiet);opacity:1}
.buttons{display:flex;flex-wrap:wrap;gap:8px;margin-top:12px}
.button{min-height:40px;max-width:100%;overflow-wrap:anywhere;padding:7px 18px;border-radius:10px;background:var(--primary);color:var(--on-primary);font-weight:600;box-shadow:inset 0 0 0 1px var(--rim)}
.button.quiet{background:none;color:var(--ink);box-shadow:inset 0 0 0 1px var(--edge)}
.button:hover{filter:brightness(1.06)}
.button[aria-disabled=true]{opacity:.6;cursor:default}

.foot{flex:none;padding:8px 14px calc(10px + env(safe-area-inset-bottom));background:var(--ground)}
.composer{display:flex;align-items:flex-end;gap:6px;padding:5px;border:1px solid var(--edge);border-radius:24px;background:var(--ground)}
.composer:focus-within{border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
.composer textarea{flex:1;min-width:0;min-height:38px;max-height:128px;field-sizing:content;padding:8px 4px 7px 12px;padding-inline:12px 4px;border:0;outline:0;background:none;resize:none;font-size:16px;line-height:1.4;scrollbar-width:thin}
.send{width:38px;height:38px;flex:none;border-radius:50%;display:grid;place-items:center;background:var(--primary);color:var(--on-primary);box-shadow:inset 0 0 0 1px var(--rim);transition:opacity .12s}
.send[aria-disabled=true]{background:var(--soft);color:var(--quiet-on-soft);box-shadow:none;cursor:default}
[dir=rtl] .send .icon{transform:scaleX(-1)}
.links{display:flex;align-items:center;justify-content:flex-end;gap:10px;min-height:28px;margin-top:6px;padding:0 6px;font-size:13px;color:var(--quiet)}
.person{display:inline-flex;align-items:center;gap:6px;min-height:28px;padding:2px 6px;margin-inline:-6px auto;border-radius:7px;color:var(--accent);font-weight:600;text-align:start}
.person .icon{width:15px;height:15px}
.person:hover{text-decoration:underline}
.brand{white-space:nowrap;font-size:12px}
.brand b{font-weight:650}

.framed,.framed .window{position:static;width:100%;height:100%;animation:none}
@media (max-width:480px),(max-height:460px){
.window,.left .window{inset:var(--top,0) 0 auto 0;width:auto;height:var(--height,100dvh);border-radius:0;animation-name:none;box-shadow:none}
.isopen .launcher{display:none}
.head{padding-top:max(14px,env(safe-area-inset-top))}
}
@media (prefers-reduced-motion:reduce){*,*::before,*::after{animation-duration:.01ms!important;animation-iteration-count:1!important;transition:none!important;scroll-behavior:auto!important}}
@media (forced-colors:active){.launcher,.send,.button,.bubble,.chip,.window,.avatar{border:1px solid}.state::before,.wait i{forced-color-adjust:none}}
@media print{.root{display:none}}
`;
