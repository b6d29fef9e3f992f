// Colours: those that the owner chose, made readable, and a dark set derived from them. WCAG 2.2 asks
// for a contrast of 4.5 for text and of 3 for what tells a control apart.

import { bare, max, min, pow } from "./builtins.js";

/** @typedef {[number, number, number]} Rgb Red, green and blue, 0 to 255. */

export const TEXT = 4.5;
export const CONTROL = 3;
/** @type {Rgb} */
export const WHITE = [255, 255, 255];
/** @type {Rgb} */
export const INK = [17, 24, 39];

/**
 * A colour as CSS writes it by digits, on white where it is translucent; null for any other text.
 * @param {string} value
 * @returns {Rgb | null}
 */
export const color = (value) => {
  if (!/^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(value)) return null;
  const wide = value.length > 4;
  /** @param {number} at */
  const part = (at) => {
    const digits = wide ? value.slice(1 + 2 * at, 3 + 2 * at) : `${value[1 + at]}${value[1 + at]}`;
    return Number.parseInt(digits, 16);
  };
  const alpha = value.length > 7 ? part(3) / 255 : 1;
  return mix(WHITE, [part(0), part(1), part(2)], alpha);
};

/**
 * `share` of `to`, the rest of `from`.
 * @param {Rgb} from
 * @param {Rgb} to
 * @param {number} share
 * @returns {Rgb}
 */
export const mix = (from, to, share) => {
  /** @param {number} at */
  const part = (at) => (from[at] ?? 0) + ((to[at] ?? 0) - (from[at] ?? 0)) * share;
  return [part(0), part(1), part(2)];
};

/** @param {Rgb} rgb */
export const css = (rgb) => {
  /** @param {number} value */
  const whole = (value) => (value + 0.5) | 0;
  return `rgb(${whole(rgb[0])},${whole(rgb[1])},${whole(rgb[2])})`;
};

/** @param {Rgb} rgb */
export const luminance = (rgb) => {
  /** @param {number} value */
  const linear = (value) => (value <= 10.31475 ? value / 3294.6 : pow((value / 255 + 0.055) / 1.055, 2.4));
  return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
};

/**
 * @param {Rgb} one
 * @param {Rgb} other
 */
export const contrast = (one, other) => {
  const a = luminance(one);
  const b = luminance(other);
  return (max(a, b) + 0.05) / (min(a, b) + 0.05);
};

/**
 * `wanted`, moved towards black or white until its contrast on `ground` is at least `least`.
 * @param {Rgb} wanted
 * @param {Rgb} ground
 * @param {number} least
 */
export const readable = (wanted, ground, least) => {
  const end = contrast(WHITE, ground) > contrast([0, 0, 0], ground) ? WHITE : /** @type {Rgb} */ ([0, 0, 0]);
  let found = wanted;
  for (let share = 0; share <= 1 && contrast(found, ground) < least; share += 0.05) found = mix(wanted, end, share);
  return contrast(found, ground) < least ? end : found;
};

/**
 * Custom properties of the style sheet, as CSS text.
 * @param {Record<"primaryColor"|"primaryForeground"|"backgroundColor"|"foregroundColor"|"secondaryColor"|"secondaryForeground", string>} config
 * @param {boolean} dark
 */
export const palette = (config, dark) => {
  const primary = color(config.primaryColor) ?? [37, 99, 235];
  let ground = color(config.backgroundColor) ?? WHITE;
  let ink = color(config.foregroundColor) ?? INK;
  let soft = color(config.secondaryColor) ?? mix(ground, ink, 0.05);
  let onSoft = color(config.secondaryForeground) ?? ink;
  // An owner's dark colours are dark enough already.
  if (dark && luminance(ground) > 0.18) {
    ground = mix([18, 20, 26], primary, 0.04);
    ink = [236, 239, 244];
    soft = mix([38, 42, 51], primary, 0.07);
    onSoft = ink;
  }
  ink = readable(ink, ground, TEXT);
  onSoft = readable(onSoft, soft, TEXT);
  const isDark = luminance(ground) < 0.18;
  // The header and the visitor's messages; an outline sets them apart where the window has their colour.
  const onPrimary = readable(color(config.primaryForeground) ?? WHITE, primary, TEXT);
  /** @type {Record<string, Rgb>} */
  const colors = {
    primary,
    "on-primary": onPrimary,
    ground,
    ink,
    soft,
    "on-soft": onSoft,
    quiet: readable(mix(ground, ink, 0.6), ground, TEXT),
    "quiet-on-soft": readable(mix(soft, onSoft, 0.66), soft, TEXT),
    line: mix(ground, ink, isDark ? 0.18 : 0.11),
    edge: readable(mix(ground, ink, 0.4), ground, CONTROL),
    accent: readable(primary, ground, TEXT),
    "accent-on-soft": readable(primary, soft, TEXT),
    danger: readable([220, 38, 38], ground, TEXT),
    online: [34, 197, 94],
    tint: mix(ground, primary, isDark ? 0.16 : 0.07),
    // Away from the text on it.
    shade: mix(primary, luminance(onPrimary) > luminance(primary) ? [0, 0, 0] : WHITE, 0.16),
    code: mix(soft, onSoft, 0.08),
  };
  let made = `color-scheme:${isDark ? "dark" : "light"};`;
  // What has the owner's colour needs an edge where the window has nearly the same.
  made += `--rim:${contrast(primary, ground) < CONTROL ? css(/** @type {Rgb} */ (colors.edge)) : "transparent"};`;
  for (const name in bare(colors)) made += `--${name}:${css(/** @type {Rgb} */ (colors[name]))};`;
  return made;
};
