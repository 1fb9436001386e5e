using System.Globalization;
using System.Text;

namespace Prozchain.DataAvailability.Simulation;

/// <summary>Reports side by side, as a table of Markdown.</summary>
public static class SimulationTable
{
    /// <summary>Writes the table.</summary>
    public static string Of(IReadOnlyList<ProtocolReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var text = new StringBuilder();
        text.AppendLine("| protocol | MB/s | kB a node and block | kB a client and block | fooled by withholding | stated | bits | fooled by choosing | mis-encoded accepted | honest rejected | least redundancy | lost | repair kB a node and block |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (ProtocolReport report in reports)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {report.Protocol.Name} | {report.MegabytesPerSecond:0.0} | {report.Protocol.BytesPerNode / 1e3:0.0} | {report.Protocol.BytesPerClient / 1e3:0.0} "
                + $"| {Share(report.Fooled, report.Asked)} | {report.StatedFooled:0.00000} | {Bits(report)} | {report.SelectivelyFooled} | {report.MisEncodedAccepted} "
                + $"| {report.HonestRejected} | {report.LeastRedundancy:0.00} | {report.LostBlocks} of {report.HonestBlocks} | {report.RepairBytesPerNode / 1e3:0.0} |");
        }
        return text.ToString();
    }

    private static string Share(long part, long whole) => whole == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{part / (double)whole:0.00000}");

    private static string Bits(ProtocolReport report) => report.Asked == 0 ? "-"
        : report.Fooled == 0 ? string.Create(CultureInfo.InvariantCulture, $"> {Math.Log2(report.Asked):0.0}") : string.Create(CultureInfo.InvariantCulture, $"{report.AchievedBits:0.0}");
}
