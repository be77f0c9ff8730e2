// After `npm install`: the lock holds versions and hashes, no addresses.
const fs = require("fs");
const lock = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
for (const item of Object.values(lock.packages)) {
  delete item.resolved;
  delete item.funding;
}
fs.writeFileSync("package-lock.json", JSON.stringify(lock, null, 1) + "\n");
