using System.Globalization;
using Prozchain.Zk.Cuda.Diagnostics;

namespace Prozchain.Benchmarks.Cuda;

/// <summary>Prints what a device's self-test found.</summary>
internal static class CudaTable
{
    private static readonly string[] s_head = ["what", "right", "ms", "GB/s", "Gop/s", "floor ms", "achieved", "bar", "idle", "processor ms"];

    /// <summary>A file: the machine, the table, notes, and what the columns say.</summary>
    public static void WriteReport(TextWriter to, string head, IReadOnlyList<CudaMeasurement> found)
    {
        to.WriteLine($"# On the device\n\n{head}\n");
        WriteTable(to, found);
        to.WriteLine();
        to.WriteLine("Medians of the time in which the device worked, of proofs of all the time. Bytes and operations are those needed at least; the floor is the time");
        to.WriteLine("that the yardsticks of the first rows need for them, whichever is more. Values are compared with the processor's on small inputs, proofs as they are.");
    }

    /// <summary>Aligned columns, then a list of notes.</summary>
    public static void WriteTable(TextWriter to, IReadOnlyList<CudaMeasurement> found)
    {
        string[][] cells = [s_head, .. found.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, s_head.Length).Select(column => cells.Max(row => row[column].Length))];
        for (int i = 0; i < cells.Length; i++)
        {
            to.WriteLine("| " + string.Join(" | ", cells[i].Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))) + " |");
            if (i == 0) to.WriteLine("|" + string.Join("|", widths.Select((width, column) => new string('-', width + 1) + (column < 2 ? "-" : ":"))) + "|");
        }
        CudaMeasurement[] noted = [.. found.Where(measurement => measurement.Note.Length > 0)];
        if (noted.Length > 0) to.WriteLine();
        foreach (CudaMeasurement measurement in noted) to.WriteLine($"- {measurement.Name}: {measurement.Note.ReplaceLineEndings(" ")}");
    }

    private static string[] Cells(CudaMeasurement one) =>
    [
        one.Name,
        one.IsRight switch { true => "yes", false => "NO", null => "" },
        one.Seconds > 0 ? Number(one.Seconds * 1e3) : "",
        one is { Seconds: > 0, Bytes: > 0 } ? Number(one.Bytes / one.Seconds * 1e-9) : "",
        one is { Seconds: > 0, Operations: > 0 } ? Number(one.Operations / one.Seconds * 1e-9) : "",
        one.Floor > 0 ? Number(one.Floor * 1e3) : "",
        Share(one.Achieved),
        one.Bar is { } bar ? Share(bar) + (one.Achieved is not { } achieved ? " ?" : achieved >= bar ? " met" : " MISSED") : "",
        Share(one.Idle),
        one.ProcessorSeconds is { } seconds ? Number(seconds * 1e3) : "",
    ];

    private static string Share(double? share) => share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:F0} %") : "";

    // Four significant digits, without an exponent.
    private static string Number(double value) =>
        value.ToString(value >= 1000 ? "N0" : value >= 100 ? "F1" : value >= 10 ? "F2" : value >= 1 ? "F3" : "F4", CultureInfo.InvariantCulture);
}
