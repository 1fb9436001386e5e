using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Hosting;

/// <summary>
/// Lets transactions in: finds the shard of each, checks form and signatures in batches over all threads, then puts them
/// into the queues of their shards, each queue on one thread and in the order in which they came.
/// </summary>
internal sealed class AdmissionDesk<TTransition> : IDisposable where TTransition : IShardTransition
{
    private const int MostPerBatch = 1024, LeastPerBatch = 64;

    private readonly TTransition _transition;
    private readonly ISequencedTransition? _sequenced;
    private readonly ISignatureVerifier _verifier;
    private readonly WorkerTeam _team;
    private readonly Bench[] _benches;
    private BlockContext[] _contexts = [];
    private ShardLayout? _layout;
    private HostedShard<TTransition>[] _shards = [];
    private IReadOnlyList<ReadOnlyMemory<byte>> _transactions = [];
    private Ticket[] _tickets = [];
    private int[] _order = [], _ends = [];
    private int _next, _batch, _accepted;
    private bool _isInserting;

    public AdmissionDesk(TTransition transition, ISignatureVerifier verifier, int workers)
    {
        (_transition, _verifier) = (transition, verifier);
        _sequenced = transition as ISequencedTransition;
        _team = new WorkerTeam(workers, Work);
        _benches = new Bench[workers];
        for (int i = 0; i < workers; i++) _benches[i] = new Bench(SenderCells.Of(transition));
    }

    public void Admit(HostedShard<TTransition>[] shards, ShardLayout layout, long timeMs, IReadOnlyList<ReadOnlyMemory<byte>> transactions, Span<AdmissionResult> results)
    {
        int count = transactions.Count;
        if (_tickets.Length < count) (_tickets, _order) = (new Ticket[count + count / 2], new int[count + count / 2]);
        if (_contexts.Length != shards.Length) (_contexts, _ends) = (new BlockContext[shards.Length], new int[shards.Length]);
        for (int i = 0; i < shards.Length; i++)
            _contexts[i] = new BlockContext(shards[i].Machine.Options.Atomic.ChainId, layout, shards[i].Info.Id, shards[i].Run.Epoch, shards[i].Tip.Height + 1, timeMs);
        (_shards, _layout, _transactions, _isInserting, _next) = (shards, layout, transactions, false, 0);
        _batch = Math.Clamp((count + 2 * _team.Workers - 1) / (2 * _team.Workers), LeastPerBatch, MostPerBatch);
        _team.Run();
        Sort(count);
        (_isInserting, _next) = (true, 0);
        _team.Run();
        for (int i = 0; i < count; i++) results[i] = _tickets[i].Result;
        _transactions = [];
    }

    /// <summary>The index of the shard that the last admission's transaction of this number went to.</summary>
    public int ShardOf(int transaction) => _tickets[transaction].Shard;

    public void Dispose() => _team.Dispose();

    private void Work(int worker)
    {
        int step = _isInserting ? 1 : _batch, count = _isInserting ? _shards.Length : _transactions.Count;
        while (true)
        {
            int from = Interlocked.Add(ref _next, step) - step;
            if (from >= count) return;
            if (_isInserting) Insert(from);
            else Check(_benches[worker], from, Math.Min(count, from + step));
        }
    }

    private void Check(Bench bench, int from, int to)
    {
        bench.Signatures.Clear();
        for (int i = from, group = from; i < to; i++)
        {
            if (i == group) group = Find(bench.Senders, i, Math.Min(to, i + SenderCells.Group));
            ref Ticket ticket = ref _tickets[i];
            ReadOnlyMemory<byte> transaction = _transactions[i];
            ticket = default;
            if (transaction.Length is 0 or > MicroBlockLimits.MaxTransactionBytes) { ticket.Result = AdmissionResult.Malformed; continue; }
            Digest sender = bench.Senders[(i - from) % SenderCells.Group];
            int shard = sender.IsZero ? 0 : _layout!.IndexOf(sender);
            TransactionFault fault = Declare(bench, transaction.Span, shard, sender, out AccessDeclaration access);
            int other = access.Sender.IsZero ? shard : _layout!.IndexOf(access.Sender);
            if (other != shard) fault = Declare(bench, transaction.Span, shard = other, sender, out access);
            (ticket.Shard, ticket.GasLimit, ticket.Sender, ticket.Sequence) = (shard, access.GasLimit, access.Sender, access.Sequence);
            ticket.Result = fault != TransactionFault.None ? ResultOf(fault) : JudgeAccess(bench, access, shard);
            if (ticket.Result != AdmissionResult.Accepted) continue;
            var collector = new SignatureCollector(bench.Signatures, transaction, i);
            _transition.Authorize(transaction.Span, _contexts[shard], ref collector);
        }
        bench.Bad.Clear();
        bench.Signatures.Verify(_verifier, bench.Bad);
        foreach (int bad in bench.Bad) _tickets[bad].Result = AdmissionResult.BadSignature;
    }

    private int Find(SenderCells senders, int from, int to)
    {
        senders.Begin();
        for (int i = from; i < to; i++) senders.Add(_transactions[i].Span);
        senders.End();
        return to;
    }

    private TransactionFault Declare(Bench bench, ReadOnlySpan<byte> transaction, int shard, in Digest sender, out AccessDeclaration access)
    {
        bench.Access.Clear();
        access = new AccessDeclaration(bench.Access, sender);
        return _transition.Declare(transaction, _contexts[shard], ref access);
    }

    private AdmissionResult JudgeAccess(Bench bench, in AccessDeclaration access, int shard)
    {
        if (access.IsBad) return AdmissionResult.Malformed;
        if (access.GasLimit > _shards[shard].Machine.Options.Limits.BlockGas) return AdmissionResult.TooMuchGas;
        foreach (ref readonly Digest key in bench.Access.Keys.AsSpan(0, bench.Access.Count))
            if (!_contexts[shard].IsLocal(key)) return AdmissionResult.ForeignCells;
        return AdmissionResult.Accepted;
    }

    // By shard, in the order of arrival.
    private void Sort(int count)
    {
        Array.Clear(_ends);
        for (int i = 0; i < count; i++)
            if (_tickets[i].Result == AdmissionResult.Accepted) _ends[_tickets[i].Shard]++;
        for (int i = 1; i < _ends.Length; i++) _ends[i] += _ends[i - 1];
        _accepted = _ends[^1];
        // From the back, so that the ends become starts.
        for (int i = count - 1; i >= 0; i--)
            if (_tickets[i].Result == AdmissionResult.Accepted) _order[--_ends[_tickets[i].Shard]] = i;
    }

    private void Insert(int shard)
    {
        int end = shard + 1 < _ends.Length ? _ends[shard + 1] : _accepted;
        TransactionQueue queue = _shards[shard].Queue;
        Span<Digest> senders = stackalloc Digest[SenderCells.Group];
        for (int at = _ends[shard]; at < end; at++)
        {
            if (_sequenced is not null && (at - _ends[shard]) % senders.Length == 0)
            {
                int group = Math.Min(senders.Length, end - at);
                for (int i = 0; i < group; i++) senders[i] = _tickets[_order[at + i]].Sender;
                _shards[shard].Cells.Fetch(senders[..group]);
            }
            ref Ticket ticket = ref _tickets[_order[at]];
            ReadOnlySpan<byte> transaction = _transactions[_order[at]].Span;
            ulong? number = _sequenced is null ? null : ticket.Sequence;
            if (!queue.HasRoom(transaction.Length)) ticket.Result = AdmissionResult.QueueFull;
            else if (number is { } given) ticket.Result = Follow(_shards[shard], ticket.Sender, given);
            if (ticket.Result == AdmissionResult.Accepted) queue.Add(transaction, ticket.GasLimit, ticket.Sender);
        }
    }

    private AdmissionResult Follow(HostedShard<TTransition> shard, in Digest sender, ulong given)
    {
        ref ulong next = ref shard.Queue.NextOf(sender, out bool isKnown);
        if (!isKnown)
        {
            shard.Cells.TryGet(sender, out ReadOnlySpan<byte> cell);
            next = _sequenced!.NextSequence(cell);
        }
        if (given == next)
        {
            next++;
            return AdmissionResult.Accepted;
        }
        AdmissionResult result = given < next ? AdmissionResult.SequenceTooLow : AdmissionResult.SequenceGap;
        if (!isKnown) shard.Queue.Forget(sender);
        return result;
    }

    private static AdmissionResult ResultOf(TransactionFault fault) => fault switch
    {
        TransactionFault.Unknown => AdmissionResult.Unknown,
        TransactionFault.WrongChain => AdmissionResult.WrongChain,
        TransactionFault.OutsideWindow => AdmissionResult.OutsideWindow,
        TransactionFault.ForeignCells => AdmissionResult.ForeignCells,
        TransactionFault.BadSignature => AdmissionResult.BadSignature,
        _ => AdmissionResult.Malformed,
    };

    private sealed class Bench(SenderCells senders)
    {
        public readonly SenderCells Senders = senders;
        public readonly SignatureBatch Signatures = new();
        public readonly AccessList Access = new();
        public readonly List<int> Bad = [];
    }

    private struct Ticket
    {
        public AdmissionResult Result;
        public int Shard;
        public ulong GasLimit;
        public Digest Sender;
        public ulong? Sequence;
    }
}
