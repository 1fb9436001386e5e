using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Customers whose swaps declare no cells: they find the cells by running the program on final values, ask for the locks,
/// and until the deadline try again without asking whether the swap was committed: then a further attempt comes to nothing.
/// </summary>
/// <param name="read">A cell's value after the final blocks; null for an absent cell.</param>
/// <param name="send">Brings a message to enough nodes of the shard of a cell.</param>
/// <param name="againMs">Time from one attempt to the next, milliseconds.</param>
/// <param name="classOf">The class that a cell is of; null where all are general.</param>
internal sealed class LockSwaps(Func<Digest, ReadOnlyMemory<byte>?> read, Action<Digest, byte[]> send, long againMs, Func<Digest, LayoutClass>? classOf = null)
{
    // The beacon's, in banks that know no other.
    private const ulong Epoch = 1;

    private readonly MultiTransfer _program = new();
    private readonly List<Open> _open = [];

    /// <summary>Begins a swap with the next tick.</summary>
    public void Add(AtomicTransaction swap, ISigner signer) => _open.Add(new Open(swap, signer));

    public void Tick(SimulatedWorld world) => _open.RemoveAll(swap => !TryAgain(world, swap));

    private bool TryAgain(SimulatedWorld world, Open swap)
    {
        if (world.NowMs >= swap.Transaction.DeadlineMs) return false;
        if (world.ElapsedMs < swap.AgainMs) return true;
        swap.AgainMs = world.ElapsedMs + againMs;
        DeclaredCell[] cells = [.. LockPlan.Find(_program, swap.Transaction, read)!.Select(cell => cell with { Class = classOf?.Invoke(cell.Key) ?? default })];
        var request = LockRequest.Sign(swap.Transaction, new Attempt(++swap.Attempt, Epoch), cells, swap.Signer);
        send(cells[0].Key, ShardMessages.Submission(request));
        return true;
    }

    private sealed class Open(AtomicTransaction transaction, ISigner signer)
    {
        public AtomicTransaction Transaction { get; } = transaction;

        public ISigner Signer { get; } = signer;

        public uint Attempt { get; set; }

        public long AgainMs { get; set; }
    }
}
