namespace Ringfence.Evidence.Report;

/// <summary>How pages look: light and dark, on a phone (where every row of a table becomes a card), and on paper.</summary>
public static class PageStyle
{
    /// <summary>The style sheet that pages with tables share.</summary>
    public const string Css =
        """
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #fff; --head: #f3f5f7; --line: #d5dae0;
          --some: #e3f4e6; --some-ink: #0b5a25; --all: #fdeccd; --all-ink: #713d00; --odd: #ece4fa; --odd-ink: #512a97; --alert: #fde7e7; --alert-ink: #8c1414; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e7ebf0; --soft: #9aa6b3; --paper: #111519; --head: #1c2229; --line: #333c46;
          --some: #13301c; --some-ink: #8fdca5; --all: #3d2a0a; --all-ink: #f4c67a; --odd: #2c2145; --odd-ink: #cdb8f7; --alert: #401717; --alert-ink: #ffb4b4; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
        main { padding: 1rem clamp(.75rem, 3vw, 2rem); }
        h1 { font-size: 1.4rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
        .key { color: var(--soft); max-width: 75ch; margin: 0 0 1rem; } .key b { color: var(--ink); }
        .alert { background: var(--alert); color: var(--alert-ink); padding: .6rem .9rem; border-radius: 6px; margin: 0 0 1rem; }
        .alert p { margin: 0; } .alert ul { margin: .3rem 0 0; }
        .scroll { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: 6px; width: fit-content; max-width: 100%; }
        .scroll:focus-visible { outline: 2px solid var(--some-ink); outline-offset: 2px; }
        table { border-collapse: separate; border-spacing: 0; }
        caption { text-align: left; color: var(--soft); padding: .5rem .7rem; }
        th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: left; font-weight: 400; vertical-align: top; }
        tbody tr:last-child > * { border-bottom: 0; }
        thead th, thead td { background: var(--head); font-weight: 600; }
        .matrix td, .matrix th { border-right: 1px solid var(--line); }
        .matrix tr > :last-child { border-right: 0; }
        .matrix td { text-align: center; font-variant-numeric: tabular-nums; max-width: 14rem; }
        .matrix th { white-space: nowrap; }
        .many .names th { writing-mode: vertical-rl; transform: rotate(180deg); border-right: 0; border-left: 1px solid var(--line); vertical-align: bottom; }
        .many .names span { display: inline-block; max-height: 15rem; white-space: normal; overflow-wrap: anywhere; }
        .matrix thead { position: sticky; top: 0; z-index: 2; }
        .matrix tbody th, .corner { position: sticky; left: 0; background: var(--head); z-index: 1; }
        .corner { color: var(--soft); white-space: nowrap; vertical-align: bottom; z-index: 3; }
        .ns { color: var(--soft); }
        .none, .blank { color: var(--soft); }
        .some { background: var(--some); color: var(--some-ink); }
        .all { background: var(--all); color: var(--all-ink); font-weight: 600; }
        .unknown { background: var(--odd); color: var(--odd-ink); font-style: italic; }
        .denied { color: var(--soft); } .allowed { color: var(--all-ink); font-weight: 600; }
        .list { width: 100%; max-width: 70rem; border: 1px solid var(--line); border-radius: 6px; margin-bottom: 1rem; }
        .list thead th { position: sticky; top: 0; }
        .list th, .list td { overflow-wrap: anywhere; }
        @media (min-width: 641px) {
          .list thead th { overflow-wrap: normal; }
          .list tbody th, .list td:nth-child(2) { min-width: 11rem; } .list td:nth-child(n+3) { min-width: 6rem; }
        }
        @media (max-width: 640px) {
          .scroll { overflow: visible; max-height: none; border: 0; width: auto; }
          table, tbody, tr, caption { display: block; width: 100%; }
          caption { padding: 0 0 .5rem; }
          .list { border: 0; }
          thead, .matrix thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
          tbody tr { border: 1px solid var(--line); border-radius: 6px; margin-bottom: .8rem; overflow: hidden; }
          tbody th { display: block; position: static; font-weight: 600; background: var(--head); white-space: normal !important; overflow-wrap: anywhere; border-right: 0 !important; }
          tbody th::after { content: " →"; color: var(--soft); }
          .matrix td, .list td { display: flex; justify-content: space-between; gap: 1rem; max-width: none; border-right: 0; text-align: right; overflow-wrap: anywhere; }
          td::before { content: attr(data-to); color: var(--ink); font-weight: 400; font-style: normal; text-align: left; overflow-wrap: anywhere; }
          .list td::before { color: var(--soft); }
          tbody tr > :last-child { border-bottom: 0; }
          .matrix td.blank { display: none; }
        }
        @media print { .scroll { max-height: none; overflow: visible; } }
        """;
}
