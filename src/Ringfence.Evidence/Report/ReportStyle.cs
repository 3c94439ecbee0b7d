namespace Ringfence.Evidence.Report;

/// <summary>What a report looks like beyond other pages.</summary>
internal static class ReportStyle
{
    public const string Css =
        """
        .report { max-width: 84rem; margin: 0 auto; }
        .report h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
        .verdict { font-size: 1.1rem; font-weight: 600; padding: .7rem .9rem; border-radius: 6px; border-left: 6px solid; margin: .5rem 0 1rem; }
        .verdict .mark { font-size: 1.3rem; margin-right: .3rem; }
        .good { background: var(--some); color: var(--some-ink); } .bad { background: var(--alert); color: var(--alert-ink); }
        .figures { display: flex; flex-wrap: wrap; gap: .6rem; margin: 0 0 1rem; }
        .figures div { border: 1px solid var(--line); border-radius: 6px; padding: .4rem .9rem; min-width: 6.5rem; }
        .figures dt { color: var(--soft); } .figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
        .matrix .mark { font-size: .8em; font-weight: 400; opacity: .75; }
        .matrix .differs { background: var(--alert); color: var(--alert-ink); font-weight: 600; outline: 2px solid currentColor; outline-offset: -2px; }
        .matrix .differs .mark { font-size: 1.15em; font-weight: 700; opacity: 1; }
        .difference { border: 1px solid var(--line); border-left: 6px solid var(--alert-ink); border-radius: 6px; padding: .3rem .9rem .6rem; margin: 0 0 .8rem; max-width: 70rem; }
        .difference h3 { margin: .4rem 0; overflow-wrap: anywhere; } .ports { font-weight: 400; }
        .difference dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
        .difference dt { color: var(--soft); } .difference dd { margin: 0; overflow-wrap: anywhere; }
        .digests td:last-child { font: .85em/1.6 ui-monospace, monospace; }
        details { margin: 0 0 .5rem; } summary { cursor: pointer; padding: .25rem 0; }
        summary:focus-visible { outline: 2px solid var(--some-ink); outline-offset: 2px; }
        .probes { max-width: none; font-size: .9em; }
        @media (min-width: 641px) { .probes th, .probes td { overflow-wrap: break-word; } .probes tbody th, .probes td:nth-child(2), .probes td:nth-child(5) { min-width: 11rem; } }
        @media (max-width: 640px) {
          .difference dl { grid-template-columns: 1fr; gap: 0; } .difference dd { margin-bottom: .4rem; }
          .list td { max-width: 100%; } .list td::before { flex: none; max-width: 40%; }
        }
        @media print {
          .report { max-width: none; } .difference, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
          .matrix thead, .list thead th, .matrix tbody th { position: static; }
        }
        """;
}
