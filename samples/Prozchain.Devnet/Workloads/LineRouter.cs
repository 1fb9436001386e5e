namespace Prozchain.Devnet.Workloads;

/// <summary>
/// Says which layer a line goes to: of the lines that name wallets only, every so many go to the rollup, evenly spread.
/// A line with an address in it, and a swap, is for the shards. Lines are to be shown in order, each once.
/// </summary>
internal sealed class LineRouter(int rollupPercent)
{
    private long _eligible;

    public bool GoesToRollup(in WorkloadLine line)
    {
        if (line.Signed is not null || line.Back is not null || WorkloadParser.IsAddress(line.To)) return false;
        long before = _eligible * rollupPercent / 100;
        return ++_eligible * rollupPercent / 100 > before;
    }
}
