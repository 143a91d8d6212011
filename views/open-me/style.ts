/** The look of OPEN-ME.html, which stands alone: the page's colours, without its style sheet. */
export const openMeStyle = `
:root{color-scheme:light dark;--paper:#f6f4ef;--surface:#fffefb;--ink:#1d1b18;--soft:#645f57;--line:#e3dfd6;--accent:#0c5a54;--screen:#11100f;--light:52%;--each:3rem}
@media (max-width:60rem){:root{--each:6rem}}
@media (max-width:30rem){:root{--each:17rem}}
@media (prefers-color-scheme:dark){:root{--paper:#151412;--surface:#1e1d1a;--ink:#f0ece4;--soft:#aaa396;--line:#35322c;--accent:#84cfc5;--screen:#0b0a09;--light:34%}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1rem/1.5 "Inter","Segoe UI",system-ui,-apple-system,"Roboto","Noto Sans",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:78rem;margin:0 auto;padding:1rem clamp(1rem,4vw,2.5rem)}
header{padding-top:clamp(1.5rem,5vw,3rem);padding-bottom:0}
main{padding-top:0}
h1{margin:0;font-size:clamp(1.6rem,4vw,2.2rem);line-height:1.2}
h2{margin:1.25rem 0 .75rem;font-size:1.2rem}
h2 small{color:var(--soft);font-weight:400;font-size:.9rem}
p{margin:.25rem 0}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:6px}
.soft,footer{color:var(--soft)}
nav ul{display:flex;flex-wrap:wrap;gap:.4rem;margin:1rem 0 0;padding:0;list-style:none}
nav a{display:block;padding:.3rem .8rem;border:1px solid var(--line);border-radius:99px;background:var(--surface);text-decoration:none}
.search{display:block;margin-top:1rem;max-width:28rem}
.search span{display:block;font-size:.9rem;color:var(--soft)}
.search input{width:100%;min-height:2.75rem;padding:.5rem .9rem;border:1px solid var(--line);border-radius:10px;background:var(--surface);color:inherit;font:inherit}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));gap:1rem;margin:0;padding:0;list-style:none}
section{content-visibility:auto;contain-intrinsic-size:auto 20rem auto calc(4rem + var(--n) * var(--each))}
.card{border:1px solid var(--line);border-radius:14px;background:var(--surface);overflow:hidden}
.open{display:block;color:inherit;text-decoration:none}
.screen{display:block;width:100%;height:auto;aspect-ratio:16/9;object-fit:contain;background:var(--screen)}
.tile{display:grid;place-items:center;background:hsl(var(--hue) 38% var(--light));color:#fff;font-size:2.4rem;font-style:normal;font-weight:600}
.tile::before{content:attr(data-letter)}
.open bdi{display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden;margin:.6rem .8rem .2rem;font-weight:600;line-height:1.3}
.open:hover bdi{color:var(--accent)}
.facts{display:block;padding:0 .8rem .7rem;color:var(--soft);font-size:.88rem}
details{padding:0 .8rem .7rem;font-size:.9rem}
summary{cursor:pointer;color:var(--accent)}
details ul{margin:.3rem 0 0;padding-left:1.1rem}
footer{padding-bottom:3rem;font-size:.9rem}
dialog{width:min(64rem,96vw);max-height:94vh;padding:1rem;border:1px solid var(--line);border-radius:14px;background:var(--surface);color:var(--ink)}
dialog::backdrop{background:rgb(0 0 0 / 70%)}
dialog header{display:flex;gap:1rem;align-items:start;justify-content:space-between;padding:0 0 .75rem;max-width:none}
dialog h2{margin:0;font-size:1.1rem}
dialog video{display:block;width:100%;max-height:72vh;background:var(--screen);border-radius:8px}
button{min-height:2.5rem;padding:.3rem 1rem;border:1px solid var(--line);border-radius:10px;background:var(--paper);color:inherit;font:inherit;cursor:pointer}
@media print{nav,.search{display:none}section{content-visibility:visible}.card{break-inside:avoid}}
`;
