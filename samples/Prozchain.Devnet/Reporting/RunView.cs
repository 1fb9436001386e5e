using System.Globalization;
using Spectre.Console;

namespace Prozchain.Devnet.Reporting;

/// <summary>Shows a run while it goes on: a live table on a terminal, plain lines when redirected.</summary>
internal sealed class RunView
{
    private const int ShownShards = 16;

    private static readonly TimeSpan s_refreshInterval = TimeSpan.FromMilliseconds(80);

    private readonly RunStatistics _statistics;
    private readonly LiveDisplayContext? _live;
    private readonly List<string> _recent = [];
    private long _lastRefresh;

    private RunView(RunStatistics statistics, LiveDisplayContext? live)
    {
        _statistics = statistics;
        _live = live;
    }

    /// <summary>Runs <paramref name="body"/> under a view that fits the output.</summary>
    public static async Task<T> ShowAsync<T>(RunStatistics statistics, Func<RunView, Task<T>> body)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive) return await body(new RunView(statistics, null)).ConfigureAwait(false);
        return await AnsiConsole.Live(new Text("starting"))
            .AutoClear(true)
            .StartAsync(context => body(new RunView(statistics, context)))
            .ConfigureAwait(false);
    }

    /// <summary>A line worth reading. On a terminal the last few stay in view.</summary>
    public void Note(string line)
    {
        if (_live is null)
        {
            Console.WriteLine(line);
            return;
        }
        _recent.Add(line);
        if (_recent.Count > 8) _recent.RemoveAt(0);
        Refresh();
    }

    /// <summary>A line that was rejected: on standard error, unless that is the terminal with the live table; then among the notes.</summary>
    public void Reject(long line, string reason)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"line {line}: rejected: {reason}");
        if (_live is null || Console.IsErrorRedirected) Console.Error.WriteLine(text);
        if (_live is not null) Note(text);
    }

    public void Refresh()
    {
        // Drawing costs more than a small round.
        if (_live is null || System.Diagnostics.Stopwatch.GetElapsedTime(_lastRefresh) < s_refreshInterval) return;
        _lastRefresh = System.Diagnostics.Stopwatch.GetTimestamp();
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(Text($"round {_statistics.Rounds}, {_statistics.Lines} lines")));
        foreach (string column in (ReadOnlySpan<string>)["shard", "blocks", "applied", "failed", "TPS", "receipts out", "receipts in", "state root"]) table.AddColumn(new TableColumn(column));
        foreach (ShardStatistics shard in _statistics.Shards.Values.Take(ShownShards))
            table.AddRow(Markup.Escape(shard.HasEnded ? shard.Name + " (ended)" : shard.Name), Text($"{shard.Blocks}"), Text($"{shard.Applied}"), Text($"{shard.Failed}"), Text($"{_statistics.TpsOf(shard):F0}"), Text($"{shard.ReceiptsOut}"), Text($"{shard.ReceiptsIn}"), shard.StateRoot[..Math.Min(16, shard.StateRoot.Length)]);
        if (_statistics.Shards.Count > ShownShards) table.Caption(Text($"and {_statistics.Shards.Count - ShownShards} more shards"));
        long batched = _statistics.Batches.Sum(b => (long)b.Transfers);
        _live.UpdateTarget(new Rows(
            table,
            new Text(Text($"rollup: {_statistics.Batches.Count} batches, {batched} transfers; cross-shard p50 {_statistics.CrossShardLatency.QuantileMs(0.5):F1} ms, p99 {_statistics.CrossShardLatency.QuantileMs(0.99):F1} ms")),
            new Rows(ModelRows()),
            new Rows(_recent.Select(line => new Text(line)))));
        _live.Refresh();
    }

    private IEnumerable<Text> ModelRows()
    {
        if (_statistics.ModelPhase.Length > 0) yield return new Text($"model: {_statistics.ModelPhase}");
        if (_statistics.ModelSizes.Length > 0) yield return new Text($"model: {_statistics.ModelSizes}");
        if (_statistics.Inference?.Read() is { } figures)
            yield return new Text(Text($"inference: {figures.Done} done, {figures.Refused} refused, {figures.Late} late, {figures.Sent - figures.Done - figures.Refused - figures.Late} in flight; p50 {figures.P50Ms:F1} ms, p99 {figures.P99Ms:F1} ms, batches of {figures.MeanBatch:F1}"));
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
