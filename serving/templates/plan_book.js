"use strict";
// Expressions are interpreted, not compiled, so that the page needs no right to make code out of text.
const options = { ast: true, actions: false, renderer: "svg", tooltip: { theme: "plan" } };
const charts = JSON.parse(document.getElementById("charts").textContent);
for (const place of document.querySelectorAll("[data-chart]")) {
  const chart = charts[place.dataset.chart];
  window.vegaEmbed(place, chart, options).then(
    () => { place.dataset.drawn = "yes"; },
    (error) => {
      place.dataset.drawn = "no";
      place.textContent = "This chart could not be drawn; its figures are in the table below.";
      console.error(place.dataset.chart, error);
    },
  );
}
