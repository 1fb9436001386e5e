using System.Diagnostics;
using System.Globalization;

namespace Prozchain.Benchmarks.AI;

/// <summary>The most memory that this process had resident.</summary>
internal static class ResidentPeak
{
    private const string Clear = "/proc/self/clear_refs", Status = "/proc/self/status", Line = "VmHWM:";

    /// <summary>Collects, and forgets the peak where the system can.</summary>
    public static void Reset()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (File.Exists(Clear)) File.WriteAllText(Clear, "5");
    }

    /// <summary>Bytes.</summary>
    public static long Read()
    {
        if (File.Exists(Status))
            foreach (string line in File.ReadLines(Status))
                if (line.StartsWith(Line, StringComparison.Ordinal))
                    return 1024 * long.Parse(line[Line.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
