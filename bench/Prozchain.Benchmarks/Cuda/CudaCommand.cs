using System.Globalization;
using Prozchain.Benchmarks.Quick;
using Prozchain.Zk.Cuda;
using Prozchain.Zk.Cuda.Diagnostics;

namespace Prozchain.Benchmarks.Cuda;

/// <summary>cuda [--filter TEXT] [--output FILE] [--rows N] [--columns N] [--proof-rows N] [--runs N] [--processor yes|no].</summary>
internal static class CudaCommand
{
    private const string Usage = "Usage: cuda [--filter TEXT] [--output FILE] [--rows LOG] [--columns N] [--proof-rows LOG] [--runs N] [--processor yes|no]";

    /// <summary>
    /// Measures the first device, prints the table and writes it to bench/results/ under the device's name, or to a file. 0 when all that was compared is
    /// right, or when there is no device; 1 when something is wrong; 2 when the command line is.
    /// </summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        CudaSelfTestOptions options = new();
        string? output = null;
        for (; !args.IsEmpty; args = args[2..])
        {
            try
            {
                switch (args)
                {
                    case ["--filter", var text, ..]: options = options with { Filter = text }; break;
                    case ["--output", var file, ..]: output = file; break;
                    case ["--rows", var log, ..]: options = options with { LogRows = Number(log) }; break;
                    case ["--columns", var count, ..]: options = options with { Columns = Number(count) }; break;
                    case ["--proof-rows", var log, ..]: options = options with { LogProofRows = Number(log) }; break;
                    case ["--runs", var count, ..]: options = options with { Runs = Number(count) }; break;
                    case ["--processor", "yes" or "no", ..]: options = options with { ProveOnProcessor = args[1] == "yes" }; break;
                    default: return Fail($"Expected an option and its value, got '{args[0]}'. {Usage}");
                }
            }
            catch (Exception wrong) when (wrong is FormatException or OverflowException or ArgumentOutOfRangeException)
            {
                return Fail($"Expected a number in its range, got '{args[1]}' for {args[0]}: {wrong.Message}");
            }
        }
        if (!CudaDevice.TryOpen(out CudaDevice? device, out string reason))
        {
            Console.WriteLine($"Nothing measured. {reason}");
            return 0;
        }
        using (device) return Measure(device, options, output ?? Path.Combine("bench", "results", FolderOf(device.Name), "cuda.md"));
    }

    private static int Measure(CudaDevice device, CudaSelfTestOptions options, string output)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(output)) is { } folder) Directory.CreateDirectory(folder);
        string head = string.Create(CultureInfo.InvariantCulture, $"""
            {device.Name}, compute capability {device.ComputeCapability}, {device.TotalMemory / 1e9:F1} GB; beside it {Machine.Read()}
            """);
        Console.WriteLine(head);
        List<CudaMeasurement> found = [];
        // Kept at every step: who runs out of time has what there was.
        CudaSelfTest.Run(device, options, new Progress(measurement =>
        {
            found.Add(measurement);
            Console.Error.WriteLine($"  {measurement.Name}");
            using StreamWriter file = new(output);
            CudaTable.WriteReport(file, head, found);
        }));
        CudaTable.WriteTable(Console.Out, found);
        Console.WriteLine($"Written to {output}.");
        return found.Any(measurement => measurement.IsRight == false) ? 1 : 0;
    }

    private static string FolderOf(string name) => string.Join('-', name.Split([' ', '/', '\\', ':'], StringSplitOptions.RemoveEmptyEntries));

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }

    // At once, and in order: Progress<T> would go through threads of a pool.
    private sealed class Progress(Action<CudaMeasurement> report) : IProgress<CudaMeasurement>
    {
        public void Report(CudaMeasurement value) => report(value);
    }
}
