/** The look of an exported page. The policy of the page lets this text through and no other: see its hash. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--bg:light-dark(#f7f5f0,#1c1d1a);--card:light-dark(#fffefb,#232420);--line:light-dark(#e2ddd1,#3a3b35);--ink:light-dark(#26251f,#ecebe4);--soft:light-dark(#56534a,#b3b1a6);--tea:light-dark(#2a6445,#76bd93);--wash:light-dark(#e3efe6,#22352a);--amber:light-dark(#7d4f0b,#e0ac52)}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem 4rem;background:var(--bg);color:var(--ink);font:1rem/1.5 Inter,'Segoe UI',-apple-system,'Noto Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei','Noto Color Emoji',sans-serif;overflow-wrap:anywhere}
h1{margin:0;font-size:1.7rem;line-height:1.25}
h2{margin:2.5rem 0 .25rem;font-size:1.3rem;line-height:1.3}
h3{position:sticky;top:0;margin:1.25rem 0 .4rem;padding:.4rem 0;background:var(--bg);color:var(--soft);font-size:.9rem;border-bottom:1px solid var(--line)}
header p,footer p,.about,nav small{margin:.15rem 0;color:var(--soft);font-size:.875rem}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.75rem}
nav ol{margin:.5rem 0;padding-inline-start:1.5rem}
a{color:var(--tea)}
section{content-visibility:auto;contain-intrinsic-size:auto 40rem}
section p{display:grid;grid-template-columns:3.2rem minmax(4rem,9rem) minmax(0,1fr);gap:0 .75rem;margin:0;padding:.2rem .5rem;border-radius:6px}
section p time{color:var(--soft);font-size:.8rem;line-height:1.85;font-variant-numeric:tabular-nums}
section p b{font-weight:600;text-align:end;overflow:hidden;text-overflow:ellipsis}
section p b small{color:var(--soft);font-weight:400;font-size:.8rem;font-variant-numeric:tabular-nums}
section p span{white-space:pre-wrap}
.own b{color:var(--tea)}
.own{background:var(--card)}
.mention{background:var(--wash)}
.event,.free b{color:var(--soft)}
.event span{font-size:.9rem}
.free span{font-family:ui-monospace,Consolas,'Noto Sans Mono',monospace;font-size:.9rem}
i{color:var(--amber);font-size:.8rem;white-space:nowrap}
@media (max-width:36rem){section p{grid-template-columns:3rem minmax(0,1fr)}section p b{text-align:start}section p span{grid-column:2}.event b{display:none}}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;background:#fff;color:#000;font-size:10pt}section{content-visibility:visible}h2{break-after:avoid}h3{position:static;background:none;break-after:avoid}section p{break-inside:avoid;padding:.1rem 0;background:none}article+article{break-before:page}.own,.mention{background:none}a{color:inherit;text-decoration:none}}
`

/** Of the text above, as a content policy names it (CSP 3, 2.3.1); a test computes it anew. */
export const PAGE_STYLE_HASH = 'sha256-88WJdTkfmpCvwC016toLkULTuZKTZO+Hm9sjFnnisCo='
