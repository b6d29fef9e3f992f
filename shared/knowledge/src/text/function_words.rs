//! Function words: articles, pronouns, prepositions, auxiliaries and question words, which say
//! nothing of what a text is about. A row for each language; adding a language is adding a row.

use super::Language;

/// The function words of `language`, separated by spaces; empty where there is no list.
pub(super) fn of(language: Language) -> &'static str {
    match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
        Language::French => FRENCH,
        Language::Spanish => SPANISH,
        Language::Italian => ITALIAN,
        Language::Portuguese => PORTUGUESE,
        Language::Dutch => DUTCH,
        Language::Swedish => SWEDISH,
        Language::Danish => DANISH,
        Language::Norwegian => NORWEGIAN,
        Language::Finnish => FINNISH,
        Language::Polish => POLISH,
        Language::Czech => CZECH,
        Language::Romanian => ROMANIAN,
        Language::Hungarian => HUNGARIAN,
        Language::Turkish => TURKISH,
        Language::Vietnamese => VIETNAMESE,
        Language::Indonesian => INDONESIAN,
        Language::Russian => RUSSIAN,
        Language::Ukrainian => UKRAINIAN,
        Language::Greek => GREEK,
        Language::Arabic => ARABIC,
        Language::Hebrew => HEBREW,
        Language::Hindi => HINDI,
        Language::Korean => KOREAN,
        Language::Chinese => CHINESE,
        Language::Japanese => JAPANESE,
        Language::Thai => THAI,
        Language::Other => "",
    }
}

const ENGLISH: &str = "a about after all also am an and any anyone are aren as at be because been \
    being but by can cannot cant could couldn did didn didnt do does doesn doesnt doing don dont \
    each either else ever for from get gets getting got had has hasn have haven having he her here \
    hers hi him his how hows i id if ill im in into is isn isnt it its itself ive just let lets \
    many may me might mine more most much must my myself need no nor not of off on one ones only \
    or other our ours out over own please shall she should shouldn so some someone something such \
    tell than that thats the their theirs them then there theres these they theyre this those \
    through to too under up upon us very want was wasn we well were weren what whatever whats when \
    where whether which while who whom whose why will with won wont would wouldn yes you your \
    yours yourself";
const GERMAN: &str = "aber alle allem allen aller alles als also am an ander andere anderen auch auf \
    aus bei beim bin bis bist bitte da dabei dadurch dafür dagegen daher dahin damit danach daneben \
    dann daran darauf daraus darf darfst darin darüber darum darunter das dass davon davor dazu dein \
    deine dem den denn der deren des dessen dich die dies diese diesem diesen dieser dieses dir doch \
    dort du durch dürfen dürft ein eine einem einen einer eines einige er es etwa etwas euch euer \
    eure eurem euren eurer fuer für gab gar gegen gibt hab habe haben habt hat hatte hatten hier \
    hierbei hierfür hiermit hiervon hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins \
    ist ja jede jedem jeden jeder jedes jene kann kannst kein keine keinem keinen keiner können \
    könnte könnt machen man mehr mein meine meinem meinen meiner mich mir mit möchte möchten muss \
    müssen müsst nach nicht nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner \
    selbst sich sie sind so soll sollen sollte sonst über um und uns unser unsere unserem unseren \
    unter viel viele vielen vom von vor wann war waren warum was wegen weil welche welchem welchen \
    welcher welches wem wen wenn wer werde werden weshalb wessen wie wieso wieviel wieviele will wir \
    wird wo wofür woher wohin wollen womit woran worauf worüber wovon wozu würde würden zu zum zur \
    zwischen";
const FRENCH: &str = "a afin ai alors après as au aucun aucune aussi autre autres aux avant avec avez \
    avoir avons bien c ça car ce ceci cela celle celles celui ces cet cette ceux chaque chez ci \
    combien comme comment d dans de depuis des dit dois doit donc dont du elle elles en encore entre \
    es est et être étaient était eu fait faire faut furent ici il ils j je jusqu l la laquelle le \
    lequel les lesquels leur leurs lorsqu lui m ma mais même mes moi mon n ne ni non nos notre nous \
    on ont ou où par parce pas pendant peu peut peuvent peux plus pour pourquoi puis puisqu qu quand \
    que quel quelle quelles quels qui quoi s sa sans se sera ses seulement si sien soit son sont \
    sous suis sur t ta te tes toi ton tous tout toute toutes très tu un une vers veux voici vos \
    votre vous vouloir y";
const SPANISH: &str = "a al algo alguien algún alguna algunas algunos ante aquel aquella así aún aunque \
    cada como cómo con cual cuál cuales cuáles cuando cuándo cuanta cuánta cuantas cuanto cuánto \
    cuántos de debo del desde donde dónde dos durante e el él ella ellas ellos en entre era es esa \
    esas ese eso esos esta está están estas este esto estos estoy fue fueron ha haber había han \
    hasta hay he hacer hace la las le les lo los más me mi mí mis muy nada ni no nos nosotros \
    nuestra nuestro o os otra otro para pero poco por porque pueda puede pueden puedo qué que quien \
    quién quiénes quiero se sea ser si sí sin sobre son soy su sus también tan tanto te tener tengo \
    ti tiene tienen tienes toda todas todo todos tu tú tus un una unas uno unos usted ustedes y ya yo";
const ITALIAN: &str = "a abbiamo ad agli ai al alla alle allo anche avere avete che chi ci ciò co coi col \
    come con cosa così cui d da dagli dai dal dalla dalle dei del della delle dello dentro devo di \
    dopo dove due e è ed era essere fa fare fra gli ha hanno ho i il in io l la le lei li lo loro \
    lui ma me mi mia mie miei mio molto ne né negli nei nel nella nelle no noi non nostra nostro o \
    ogni per perché però più poi posso può qual quale quali quando quanta quante quanti quanto \
    quella quelle quelli quello questa queste questi questo qui se sei senza si sia siamo siete \
    solo sono sta stato su sua sue sui sul sulla suo suoi ti tra tu tua tuo tutte tutti tutto un \
    una uno vi voglio voi vostra vostro vostre vostri";
const PORTUGUESE: &str = "a à ao aos apenas aquela aquele aquilo as às até cada com como da das de dela \
    dele deles depois do dos e é ela elas ele eles em entre era essa esse esta está estão este eu \
    faz fazer foi foram há isso isto já lhe mais mas me mesmo meu meus minha minhas muito na não nas \
    nem no nos nós nossa nosso num numa o onde os ou para pela pelas pelo pelos pode podem podemos \
    por porque posso qual quais quando quanta quanto quantos que quê quem quero são se sem ser será \
    seu seus só sobre sua suas também te tem têm tenho ter toda todas todo todos tu um uma umas uns \
    você vocês vos";
const DUTCH: &str = "aan al alle alles als altijd andere ben bent bij daar daarbij daardoor \
    daarin daarmee daarna daarom daarop daarover daarvan daarvoor dan dat de der deze die dit \
    doch doen door dus een eens en er ermee erop erover ervan ervoor ge geen had heb hebben hebt \
    heeft hem het hier hiermee hiervan hiervoor hij hoe hoeveel hun ik in is ja je jij jouw \
    jullie kan kun kunnen maar mag me meer men met mij mijn moet moeten mogen na naar niet niets \
    nog nu of om omdat ons onze ook op over te tegen toch toen tot u uit uw van veel voor waar \
    waarbij waarmee waarom waarop waarover waarvan waarvoor wanneer want waren was wat we wel \
    welk welke werd wie wij wil willen word worden wordt zal ze zelf zich zij zijn zo zonder zou \
    zullen";
const SWEDISH: &str = "alla allt än är att av bara blev blir då de dem den denna deras dess det detta dig \
    din dina ditt du efter ej eller en er ert ett finns för få får från göra gör ha hade han hans \
    har här henne hennes hon honom hur i icke in ingen inte jag jo kan ska kommer man med mellan men \
    mig min mina mitt mot mycket någon något några när ni nu och om oss på så sig sin sina sitt \
    skall som till under upp ut utan vad var vår våra varför vart vem vi vid vilka vilken vilket";
const DANISH: &str = "ad af alle alt anden at blev blive bliver da de dem den denne der deres det dette \
    dig din dine disse dit du efter eller en end er et få får for fra gøre ham han hans har have \
    hende her hos hun hvad hvem hver hvilke hvilken hvis hvor hvordan hvorfor hvornår i ikke ind \
    ingen jeg jer kan kunne man mange med meget men mig min mine mit mod når nej nogen noget nogle \
    nu og også om op os over på sådan selv sig sin skal som sit til ud under var vi vil være";
const NORWEGIAN: &str = "alle at av både bare ble bli blir da de deg dem den denne der dere deres det \
    dette di din disse ditt du eller en enn er et ett få får for fordi fra gjøre ha hadde han har \
    hennes her hun hva hvem hver hvilke hvilken hvis hvor hvordan hvorfor i ikke ingen inn jeg kan \
    kunne man mange med meg mellom men min mitt mot mye når nå noe noen og også om opp oss over på så \
    seg selv sin sitt skal som til ut uten vår var vi vil være ved";
const FINNISH: &str = "ei eivät emme en et ette että hän he hänen ja jo joka jos jossa kai kanssa kautta \
    keiden kenen ketä koska kuin kuinka kuka kun kyllä me mihin mikä miksi millainen milloin minä \
    minne minun missä mistä mitä miten mutta myös ne niin nyt oli olen olet olla on onko ovat saa \
    se sekä sen siellä sillä sinä tai tämä tässä te tuo vaan vai vain voi voiko voin";
const POLISH: &str = "a aby ale albo ani bardzo bez być będzie był była było by bym być czy czego czemu co \
    dla dlaczego do gdy gdyby gdzie go i ich ile im inny ja jak jaka jaki jakie jako je jego jej \
    jest jestem jeszcze jeśli już każdy kiedy kto która które który ma mam mamy mi mnie można mogę \
    może mój my na nad nam nas nasz nasze nic nie nim niż o od on ona one oni oraz po pod ponieważ \
    proszę przed przez przy są się sobie ta tak także tam te tego tej ten to tu twój ty tylko u w \
    wam was wasz we więc wszystko z za ze że";
const CZECH: &str = "a aby ale ani ano až bez bude budou by být byl byla bylo co což čí do ho i já jak \
    jaká jaké jaký je jeho její jejich jen ještě ji již jsem jsi jsme jsou jste k kam kde kdo kdy \
    když ke která které který kolik kterou má máte mi mít mne může mohu můj mu my na nad nám náš ne \
    nebo než ni o od on ona oni po pod podle pokud pro proč proto před při s se si sice své svůj ta \
    tak také tam tato te tedy ten tento to toho tom tu tuto ty u už v vám váš ve více však vy z za ze že";
const ROMANIAN: &str = "a acea aceasta această acel acest acesta aceste acestea acești acum ai al ale \
    am ar are aș așa asta asupra atât ați au avea ca că când care cărei ce cea cei cel cele cine cât \
    câte câți cu cum da dacă dar de deci din doar după e ea ei el ele era este eu face fără fi fie \
    fost iar îi îl îmi în înainte încă între își la le li lor lui mai mă mea mele meu mi mult nici \
    noastră noi nostru nu o ori pe pentru pot poate prin sa să sau se și sunt suntem sunteți ta te \
    toate tot toți tu un una unde unei unor unui va vă voi vor vostru vreau";
const HUNGARIAN: &str = "a ahhoz ahol aki akkor alatt által általában ami amikor amit amíg át az azért \
    azok azt azzal be csak de e egy egyik el ember én ennek erre és ez ezek ezt ezzel fel hogy hogyan \
    hol honnan hova ha hanem igen ill illetve ilyen is itt jól ki kell lehet legyen ma már még meg \
    mely mert mi miért mik mikor milyen minden mint mit mivel most nagyon ne néha nekem nem nincs \
    ön ők össze ő pedig s saját sem szerint ti tud után új úgy vagy vagyok van vannak volt";
const TURKISH: &str = "acaba ama ancak artık asla aslında az bana bazı belki ben benim beni bile bir \
    biri birkaç biz bize bizi bizim böyle bu buna bunda bundan bunlar bunu bunun burada çok çünkü da \
    daha de defa değil diğer diye eğer en gibi hangi hangisi hani hatta hem henüz hep hepsi her \
    hiç hiçbir için ile ise işte kadar kaç kendi ki kim kime kimi kimin mı mi mu mü musunuz mısınız \
    misiniz müsünüz miyim mıyım nasıl ne neden nedir nerede nereden nereye nesi niçin niye o ona \
    ondan onlar onu onun orada oysa öyle pek sana sen seni senin siz size sizi sizin sonra şey şu \
    tüm ve veya ya yani yine yok var zaten olan olarak oldu olur eder mıdır midir";
const VIETNAMESE: &str = "à ai anh bao bạn bằng bị bởi các cái cần chỉ chị cho chưa chứ có của cùng cũng \
    đã đang đâu đây đến để đi đó được em gì giờ hay hơn hoặc không khi là lại làm lúc mà mỗi một mình \
    này nào nên nếu nhiêu như nhưng những nữa ở phải qua ra rằng rất rồi sao sau sẽ tại theo thế thì \
    tôi trên trong trước từ và vẫn vào về vì việc với vậy";
const INDONESIAN: &str = "ada adalah agar akan aku anda apa apakah atau bagaimana bahwa bagi banyak \
    berapa bisa bukan dalam dan dapat dari dengan di dia harus ini itu jika juga kalau kami kamu \
    kapan karena ke kepada kita lebih mana mengapa mereka oleh pada para saya sebagai seperti siapa \
    sudah tidak telah tersebut tetapi untuk yang";
const RUSSIAN: &str = "а без более бы был была были было быть в вам вас ваш ваша ваше ваши весь во вот все \
    всё всего всех вы где да даже для до его ее её если есть ещё еще же за здесь и из или им их к \
    как какая какие какой каком какую ко когда кого кому кто куда ли лишь мне много могу может можно \
    мой моя моё мои мы на над надо нам нас наш не него нее нет ни них но ну нужно о об один он она \
    они оно от отчего очень по под пожалуйста после потому почему при про раз с сам свой себе себя \
    сейчас сколько со так такой там те тем то того тоже той только том тот ту ты у уж уже чего чем \
    через что чтобы чья эта эти это этого этой этом этот я который которая которое которые";
const UKRAINIAN: &str = "а або але без би був була були бути в вам вас ваш ваша ваші вже ви від він вона \
    вони все всі де для до з за і із її їм їх й його коли кого кому котрий куди ласка лише ми мене \
    мені можна можу може мій моя на над нам нас наш не немає ні ніж але о об один по під після при \
    про скільки та так також там те ти тільки той тому треба у це цей ця ці чи чим чого чому що щоб \
    хто як яка який які якщо я є";
const GREEK: &str = "α αι αλλά αν αντί από αυτά αυτή αυτό αυτός για γιατί δε δεν εάν εγώ εδώ είμαι \
    είναι εκεί εμείς ένα ένας εσύ έχει έχω έχετε έχουν η ή ήταν θα και κάθε κάποιος κατά κι μα μας με \
    μετά μέχρι μη μην μια μία μου μπορώ μπορεί μπορείτε να ο οι όμως όπου όπως όσο ότι όταν ου πιο ποια \
    ποιες ποιο ποιοι ποιος πολύ που πού πότε πόσο πόσα πόσες πόση πόσοι πρέπει πριν προς πώς πως σαν \
    σας σε σου στα στη στην στις στο στον στους τα τη την της τι τις το τον του τους των υπάρχει ως";
const ARABIC: &str = "أ أجل أحد أريد أستطيع ألا أم أما أن أنا أنت أنتم أنتِ أنه أو أود أولئك أي \
    أية أيضا أيضاً أين إحدى إذا إلى إليكم إلينا إليه إليها إليهم إما إن إنه إياه الا التي الذي \
    الذين اللاتي اللتان اللتين اللذان اللذين اللواتي الى ان او اي بأن بأنفسهم بأنه بأنها بأي \
    بذلك بعد بعض بكم بل بما بنا به بها بهم بي بين تجاه تحت تستطيع تكون تلك تم ثم حتى حول حيث حين \
    حينما خلال دون ذلك سواء سوف شيء ضد ضمن عبر على علي عليك عليكم علينا عليه عليها عليهم عما عن \
    عند عندما عنه عنها عنهم غير فأي فقط في فيما فينا فيه فيها فيهم قبل قد كان كانت كانوا كذلك كل \
    كلا كلتا كم كما كنا كنت كيف لأن لأنه لأنها لأي لا لان لدى لدي لديك لديكم لدينا لديه لديها \
    لديهم لذلك لست لقد لكم لكن لم لما لماذا لن لنا له لها لهم لهما لو لي ليس ليست ليسوا ما ماذا \
    متى مثل مع معنا معه معها معهم معي مما من منا منذ منك منكم منه منها منهم نحن نعم نفسه نفسها \
    هؤلاء هاتان هذا هذان هذه هل هم هما هن هنا هناك هو هي و وأي وأين وذلك وفي وقد وكان وكم وكيف \
    ولماذا وما ومتى ومن وهل وهو وهي يا يستطيع يكون يكونون يمكن يمكنك يمكننا يمكنني يمكنه";
const HEBREW: &str = "אבל או אותה אותו אותם אותי אחרי איזה איזו אין איך איפה אל אלה אם אנו אנחנו אני \
    את אתה אתם ב בין בלי גם האם הוא היא היה היו היי הם הן הנה ויש ו זאת זה זו יותר יש כאן כבר כדי \
    כי כך כל כמה כמו כן ל לא לאן להיות לה לו לי לך לכם למה לנו מ מאוד מאיפה מאת מה מדוע מי מן מתי \
    על עד עוד עם ש שלי של שלך שלכם שלנו שם תחת";
const HINDI: &str = "अगर अपना अपनी अपने आप आपका आपकी आपके इन इस इसका इसकी इसके इसे उन उनका उनकी उनके उस \
    उसका उसकी उसके उसे एक और कर करता करते करना करने करूं करें कब कहाँ कहां का कि कितना कितनी कितने \
    किन किस किसका किसकी किसके किसने किसी की कुछ कृपया के केवल को कोई कौन कौनसा क्या क्यों क्योंकि गई गए \
    गया चाहिए जब जहाँ जा जाता जाती जाते जाने जैसे जो तक तब तथा तुम तो था थी थे दिया द्वारा नहीं ने \
    पर फिर बहुत भी मुझे मेरा मेरी मेरे मैं में यदि यह यहाँ या यही ये रहा रही रहे लिए लेकिन वह वहाँ \
    वाला वाली वाले वे सकता सकती सकते से हम हमारा हमारी हमारे हमें हर ही हुआ हुई हुए हूँ हूं है हैं हो \
    होगा होगी होता होती होते होना कैसे";
const KOREAN: &str = "그 그리고 그런데 나 나는 내 너 누가 누구 는 를 무엇 무슨 뭐 뭔가요 수 어느 어디 어디에 \
    어떤 어떻게 언제 얼마나 얼마 왜 우리 은 을 이 이것 있나요 있는 저 제가 좀 하나요 할 해요 하는 있어요 인가요";
const CHINESE: &str = "的 了 和 是 在 我 你 您 他 她 它 们 們 有 没 沒 不 吗 嗎 呢 吧 啊 什 么 麼 怎 样 樣 谁 \
    誰 哪 里 裡 这 這 那 些 个 個 与 與 及 或 就 都 也 还 還 很 会 會 能 可 以 要 把 被 给 給 对 對 从 從 到 为 \
    為 因 所 而 但 如 果 其 之 于 於 并 多 少 几 幾 何 请 請 问 問 想 做 来 來 去 上 下 中 一 时 候 可以 什么 怎么 \
    如何 多少 为什 什麼 怎麼 哪里 哪裡 哪些 时候 時候 我们 你们 您们 他们 我的 你的 您的 请问 是否 能否 的是 了的 \
    是什 吗我 有什 可不 是不 需要 多久 几个 我可 你可 是在 我想 么时 有没 没有 么样 怎样 为何 哪个 会不 能不 我能 以在 以我";
const JAPANESE: &str = "の に は を た が で て と し れ さ い も な よ り か ら ま す あ る こ と で す う く ど \
    です ます した して する ある いる この その あの どの どこ いつ なに 何 誰 なぜ どう ください から まで より には \
    では とは ので のは のが のか すか ますか ですか でき きま せん ませ いま ます さい くだ ださ たい";
const THAI: &str = "ที่ และ ใน เป็น มี ได้ ของ ไม่ ให้ จะ กับ ว่า นี้ นั้น ก็ แล้ว หรือ ไหม คือ อะ ไร อะไร เมื่ ไหร่ \
    ไห ร่ ที่ไ อย่ อย่า าง ไร คะ ครั ครับ ค่ะ ฉั ฉัน คุ คุณ เรา ผม";
