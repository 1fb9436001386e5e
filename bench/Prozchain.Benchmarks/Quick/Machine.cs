using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Benchmarks.Quick;

/// <summary>The machine that a table was measured on.</summary>
internal sealed record Machine(string Processor, int Cores, string Architecture, string InstructionSets, string System, string Runtime)
{
    public static Machine Read() => new(
        ReadProcessor(),
        Environment.ProcessorCount,
        RuntimeInformation.ProcessArchitecture.ToString(),
        string.Join(' ', ReadInstructionSets()),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Processor}, {Cores} core(s), {Architecture} {InstructionSets}; {System}; {Runtime}");

    private static string ReadProcessor()
    {
        const string Linux = "/proc/cpuinfo";
        string? line = File.Exists(Linux) ? File.ReadLines(Linux).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown processor";
    }

    private static IEnumerable<string> ReadInstructionSets()
    {
        if (Avx512F.IsSupported) yield return "AVX-512";
        if (Avx2.IsSupported) yield return "AVX2";
        if (Gfni.IsSupported) yield return "GFNI";
        if (Pclmulqdq.IsSupported) yield return "PCLMULQDQ";
    }
}
