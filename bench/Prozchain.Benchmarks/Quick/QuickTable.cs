using System.Globalization;

namespace Prozchain.Benchmarks.Quick;

/// <summary>Prints results as a Markdown table with aligned columns.</summary>
internal static class QuickTable
{
    private static readonly string[] s_head =
        ["area", "name", "value", "unit", "better", "ratio", "to", "peer", "peer's value", "peer's ratio", "floor", "aim", "allocated"];

    // Text to the left, figures to the right.
    private static readonly bool[] s_right = [false, false, true, false, false, true, false, false, true, true, true, true, true];

    public static void Write(TextWriter to, IEnumerable<QuickResult> results)
    {
        string[][] cells = [s_head, .. results.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, s_head.Length).Select(column => Math.Max(3, cells.Max(row => row[column].Length)))];
        for (int i = 0; i < cells.Length; i++)
        {
            to.WriteLine("| " + string.Join(" | ", cells[i].Select((cell, column) => s_right[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))) + " |");
            if (i == 0) to.WriteLine("|" + string.Join("|", widths.Select((width, column) => new string('-', width + 1) + (s_right[column] ? ":" : "-"))) + "|");
        }
    }

    private static string[] Cells(QuickResult r) =>
    [
        r.Area, r.Name, Number(r.Value), r.Unit, r.Better == Better.Higher ? "higher" : "lower", Times(r.Ratio), r.Yardstick ?? "",
        r.Peer ?? "", r.PeerValue is { } value ? Number(value) : "", Times(r.PeerRatio),
        Goal(r.Floor, r.IsFloorMet), Goal(r.Aim, r.IsAimMet),
        r.AllocatedBytes?.ToString(CultureInfo.InvariantCulture) ?? "",
    ];

    private static string Goal(string? goal, bool? isMet) => goal is null ? "" : goal + (isMet switch { true => " met", false => " MISSED", null => " ?" });

    private static string Times(double? ratio) => ratio is { } number ? Number(number) + "x" : "";

    // Four significant digits, without an exponent.
    private static string Number(double value)
    {
        double size = Math.Abs(value);
        string format = size >= 1000 ? "N0" : size >= 100 ? "F1" : size >= 10 ? "F2" : size >= 1 ? "F3" : "F4";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
