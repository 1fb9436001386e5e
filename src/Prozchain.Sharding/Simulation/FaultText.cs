using System.Globalization;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// A fault as a line: <c>partition 1200..3400 {0,1}-{2,3}</c>, <c>clog 0..900 {2}&gt;*</c>, <c>loss 0..5000 *-* 50</c>,
/// <c>slow 100..900 {2} 8</c>, <c>crash-in-persist 0..4000 {3} 17</c>.
/// </summary>
internal static class FaultText
{
    private static readonly string[] s_names =
    [
        "partition", "clog", "loss", "duplicate", "reorder", "delay", "slow", "crash",
        "crash-before-persist", "crash-in-persist", "crash-after-persist", "disk-full",
    ];

    public static string Write(Fault fault)
    {
        string nodes = fault.IsOfLinks ? $"{fault.Nodes}{(fault.IsOneWay ? '>' : '-')}{fault.Others}" : fault.Nodes.ToString();
        string amount = HasAmount(fault.Kind) ? string.Create(CultureInfo.InvariantCulture, $" {fault.Amount}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{s_names[(int)fault.Kind]} {fault.FromMs}..{fault.UntilMs} {nodes}{amount}");
    }

    public static Fault Read(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int kind = words.Length == 0 ? -1 : Array.IndexOf(s_names, words[0]);
        if (kind < 0) throw Wrong(line, "a kind of fault first");
        bool hasAmount = HasAmount((FaultKind)kind);
        if (words.Length != (hasAmount ? 4 : 3)) throw Wrong(line, hasAmount ? "kind, times, nodes and amount" : "kind, times and nodes");
        string[] times = words[1].Split("..");
        if (times.Length != 2 || !TryRead(times[0], out long from) || !TryRead(times[1], out long until)) throw Wrong(line, "times as 100..900");
        long amount = 0;
        if (hasAmount && (!TryRead(words[3], out amount) || amount > int.MaxValue)) throw Wrong(line, "an amount");
        bool ofLinks = (FaultKind)kind <= FaultKind.Delay;
        string[] sets = words[2].Split('-', '>');
        if (sets.Length != (ofLinks ? 2 : 1)) throw Wrong(line, ofLinks ? "two sets as {0}-{1,2}" : "one set as {0,1}");
        try
        {
            return new Fault((FaultKind)kind, from, until, NodeSet.Parse(sets[0]), ofLinks ? NodeSet.Parse(sets[1]) : default, words[2].Contains('>', StringComparison.Ordinal), (int)amount);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"'{line}': {e.Message}", e);
        }
    }

    private static bool HasAmount(FaultKind kind) => kind is not (FaultKind.Partition or FaultKind.Clog or FaultKind.Crash or FaultKind.DiskFull);

    private static bool TryRead(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static FormatException Wrong(string line, string expected) => new($"Expected {expected}, got '{line}'.");
}
