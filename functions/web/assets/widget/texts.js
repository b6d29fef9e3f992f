// What the widget says, in twelve languages: the default texts of the configuration, then its own.
// A text a line, in the order of the names; a test holds the English ones against the platform's.

export const NAMES =
  "greeting inputPlaceholder typingText onlineText handoffText handoffSentText emailPlaceholder emailSendText emailSkipText feedbackYesText feedbackNoText errorText networkErrorText open close menu restart conversation you sources retry busy details name phone unread emailWrong person";
/** How many of them are the configuration's. */
export const CONFIGURED = 13;

/** @type {Record<string, string>} */
export const TEXTS = {
  en: `Hi! How can I help you?
Ask a question…
Typing…
Online
Talk to a person
Thank you. Somebody will get back to you.
Your e-mail address
Send
Skip
Helpful
Not helpful
Something went wrong. Please try again.
No connection. Please try again.
Open chat
Close chat
More options
New conversation
Conversation
You
Sources
Try again
Too many messages. Please wait a moment.
Leave your details
Name
Phone
Unread messages:
Please enter a valid e-mail address.
Team`,
  de: `Hallo! Wie kann ich helfen?
Frage stellen …
Schreibt …
Online
Mit einem Menschen sprechen
Danke. Wir melden uns bei Ihnen.
Ihre E-Mail-Adresse
Senden
Überspringen
Hilfreich
Nicht hilfreich
Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.
Keine Verbindung. Bitte versuchen Sie es noch einmal.
Chat öffnen
Chat schließen
Weitere Optionen
Neue Unterhaltung
Unterhaltung
Sie
Quellen
Noch einmal
Zu viele Nachrichten. Bitte warten Sie einen Moment.
Kontaktdaten hinterlassen
Name
Telefon
Ungelesene Nachrichten:
Bitte geben Sie eine gültige E-Mail-Adresse ein.
Team`,
  fr: `Bonjour ! Comment puis-je vous aider ?
Posez une question…
Écrit…
En ligne
Parler à une personne
Merci. Nous reviendrons vers vous.
Votre adresse e-mail
Envoyer
Passer
Utile
Pas utile
Une erreur s'est produite. Veuillez réessayer.
Pas de connexion. Veuillez réessayer.
Ouvrir le chat
Fermer le chat
Plus d'options
Nouvelle conversation
Conversation
Vous
Sources
Réessayer
Trop de messages. Patientez un instant.
Laisser vos coordonnées
Nom
Téléphone
Messages non lus :
Saisissez une adresse e-mail valide.
Équipe`,
  es: `¡Hola! ¿En qué puedo ayudarle?
Haga una pregunta…
Escribiendo…
En línea
Hablar con una persona
Gracias. Nos pondremos en contacto con usted.
Su correo electrónico
Enviar
Omitir
Útil
No es útil
Algo salió mal. Inténtelo de nuevo.
Sin conexión. Inténtelo de nuevo.
Abrir el chat
Cerrar el chat
Más opciones
Nueva conversación
Conversación
Usted
Fuentes
Reintentar
Demasiados mensajes. Espere un momento.
Dejar sus datos
Nombre
Teléfono
Mensajes sin leer:
Introduzca un correo electrónico válido.
Equipo`,
  it: `Ciao! Come posso aiutarla?
Faccia una domanda…
Sta scrivendo…
Online
Parlare con una persona
Grazie. La ricontatteremo.
Il suo indirizzo e-mail
Invia
Salta
Utile
Non utile
Qualcosa è andato storto. Riprovi.
Nessuna connessione. Riprovi.
Apri la chat
Chiudi la chat
Altre opzioni
Nuova conversazione
Conversazione
Lei
Fonti
Riprova
Troppi messaggi. Attenda un momento.
Lasciare i suoi dati
Nome
Telefono
Messaggi non letti:
Inserisca un indirizzo e-mail valido.
Team`,
  pt: `Olá! Como posso ajudar?
Faça uma pergunta…
Digitando…
Online
Falar com uma pessoa
Obrigado. Entraremos em contato.
Seu e-mail
Enviar
Pular
Útil
Não foi útil
Algo deu errado. Tente novamente.
Sem conexão. Tente novamente.
Abrir o chat
Fechar o chat
Mais opções
Nova conversa
Conversa
Você
Fontes
Tentar novamente
Mensagens demais. Aguarde um momento.
Deixar seus dados
Nome
Telefone
Mensagens não lidas:
Informe um e-mail válido.
Equipe`,
  nl: `Hallo! Hoe kan ik u helpen?
Stel een vraag…
Typt…
Online
Met een medewerker praten
Dank u. We nemen contact met u op.
Uw e-mailadres
Versturen
Overslaan
Nuttig
Niet nuttig
Er ging iets mis. Probeer het opnieuw.
Geen verbinding. Probeer het opnieuw.
Chat openen
Chat sluiten
Meer opties
Nieuw gesprek
Gesprek
U
Bronnen
Opnieuw proberen
Te veel berichten. Wacht even.
Uw gegevens achterlaten
Naam
Telefoon
Ongelezen berichten:
Vul een geldig e-mailadres in.
Team`,
  ru: `Здравствуйте! Чем я могу помочь?
Задайте вопрос…
Печатает…
В сети
Поговорить с человеком
Спасибо. Мы с вами свяжемся.
Ваш e-mail
Отправить
Пропустить
Полезно
Не помогло
Что-то пошло не так. Попробуйте ещё раз.
Нет соединения. Попробуйте ещё раз.
Открыть чат
Закрыть чат
Ещё
Новый разговор
Разговор
Вы
Источники
Повторить
Слишком много сообщений. Подождите немного.
Оставить контакты
Имя
Телефон
Непрочитанные сообщения:
Введите правильный e-mail.
Команда`,
  tr: `Merhaba! Size nasıl yardımcı olabilirim?
Bir soru sorun…
Yazıyor…
Çevrimiçi
Bir kişiyle görüşün
Teşekkürler. Size geri döneceğiz.
E-posta adresiniz
Gönder
Atla
Yararlı
Yararlı değil
Bir sorun oluştu. Lütfen tekrar deneyin.
Bağlantı yok. Lütfen tekrar deneyin.
Sohbeti aç
Sohbeti kapat
Diğer seçenekler
Yeni görüşme
Görüşme
Siz
Kaynaklar
Tekrar dene
Çok fazla mesaj. Lütfen biraz bekleyin.
Bilgilerinizi bırakın
Ad
Telefon
Okunmamış mesajlar:
Geçerli bir e-posta adresi girin.
Ekip`,
  ar: `مرحبًا! كيف يمكنني مساعدتك؟
اطرح سؤالًا…
يكتب…
متصل
التحدث مع شخص
شكرًا لك. سنتواصل معك.
بريدك الإلكتروني
إرسال
تخطٍّ
مفيد
غير مفيد
حدث خطأ ما. حاول مرة أخرى.
لا يوجد اتصال. حاول مرة أخرى.
فتح المحادثة
إغلاق المحادثة
خيارات أخرى
محادثة جديدة
المحادثة
أنت
المصادر
إعادة المحاولة
رسائل كثيرة جدًا. انتظر لحظة.
ترك بياناتك
الاسم
الهاتف
رسائل غير مقروءة:
أدخل بريدًا إلكترونيًا صحيحًا.
الفريق`,
  hi: `नमस्ते! मैं आपकी क्या मदद कर सकता हूँ?
प्रश्न पूछें…
लिख रहा है…
ऑनलाइन
किसी व्यक्ति से बात करें
धन्यवाद। हम आपसे संपर्क करेंगे।
आपका ई-मेल पता
भेजें
छोड़ें
उपयोगी
उपयोगी नहीं
कुछ गड़बड़ हो गई। फिर कोशिश करें।
कनेक्शन नहीं है। फिर कोशिश करें।
चैट खोलें
चैट बंद करें
और विकल्प
नई बातचीत
बातचीत
आप
स्रोत
फिर कोशिश करें
बहुत अधिक संदेश। थोड़ा रुकें।
अपनी जानकारी छोड़ें
नाम
फ़ोन
अपठित संदेश:
सही ई-मेल पता लिखें।
टीम`,
  zh: `您好！有什么可以帮您？
请输入问题…
正在输入…
在线
联系人工客服
谢谢。我们会尽快与您联系。
您的电子邮箱
发送
跳过
有帮助
没有帮助
出错了，请重试。
没有网络连接，请重试。
打开聊天
关闭聊天
更多选项
新对话
对话
您
来源
重试
消息过多，请稍候。
留下联系方式
姓名
电话
未读消息：
请输入有效的电子邮箱。
团队`,
};
