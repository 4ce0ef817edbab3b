() => {
  // What a reader could not read or could not name: contrast under 4.5 (WCAG 2.2, 1.4.3), controls without a name.
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const over = (under, [r, g, b, a = 1]) => [r, g, b].map((part, n) => part * a + under[n] * (1 - a));
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) layers.unshift(numbers(getComputedStyle(one).backgroundColor));
    return layers.reduce(over, [255, 255, 255]);
  };
  const flaws = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.offsetParent) continue;
    const colours = [numbers(getComputedStyle(element).color), behind(element)];
    const [dark, bright] = colours.map(luminance).sort((a, b) => a - b);
    const ratio = (bright + 0.05) / (dark + 0.05);
    if (ratio < 4.5) flaws.push(`${element.tagName}.${element.className} ${element.textContent}: ${ratio.toFixed(2)}`);
  }
  for (const control of document.querySelectorAll("button, input, select")) {
    const name = control.getAttribute("aria-label") || control.textContent.trim() || (control.labels && control.labels.length);
    if (!name) flaws.push(control.outerHTML);
  }
  return flaws;
}
