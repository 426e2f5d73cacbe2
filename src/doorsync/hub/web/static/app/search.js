// "/" puts the cursor into the search of the page, as long as nothing is being typed elsewhere.

const TYPED_IN = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-search]");
  if (!search || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPED_IN)) return;
  event.preventDefault();
  search.focus();
  search.select();
});
