// GET with a client certificate: node appel.js URL CA BUNDLE CHAIN KEY PASSWORD.
const fs = require("fs");
const https = require("https");
const [url, ca, , chain, key] = process.argv.slice(2);
https
  .get(url, { ca: fs.readFileSync(ca), cert: fs.readFileSync(chain), key: fs.readFileSync(key) }, (answer) => {
    console.log("HTTP " + answer.statusCode);
    answer.resume();
  })
  .on("error", (error) => {
    console.log(error.code + " " + error.message);
    process.exitCode = 1;
  });
