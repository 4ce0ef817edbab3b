// The board as a file: the view stands in the page itself.

import { Page, stateOfAddress } from "./page.js";

const data = JSON.parse(document.getElementById("view").textContent);
const page = new Page(document.getElementById("console"), { language: data.language, ...stateOfAddress() }, false);
page.show(data.view);
