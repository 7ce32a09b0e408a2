// Un jeton, puis le périmètre : URL, CLIENT_ID, CLIENT_SECRET ; NODE_EXTRA_CA_CERTS, le certificat de l'autorité.
const { URL: url, CLIENT_ID, CLIENT_SECRET } = process.env;

async function poste(chemin, corps, entetes) {
  const reponse = await fetch(url + chemin, { method: "POST", body: corps, headers: entetes });
  if (!reponse.ok) throw new Error(`${reponse.status} ${await reponse.text()}`);
  return reponse.json();
}

async function premierAppel() {
  const identifiants = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
  });
  const { access_token } = await poste("/oauth2/v3/token", identifiants);
  const perimetre = await poste(
    "/usage_point_id_perimeter/v1/usage_point_id",
    JSON.stringify({ page_number: 1 }),
    { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" },
  );
  console.log(JSON.stringify(perimetre));
}

premierAppel();
