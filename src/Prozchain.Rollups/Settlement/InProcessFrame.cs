using System.Collections.Immutable;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Settlement;

/// <summary>One call of a contract in an <see cref="InProcessChain"/>: what the contract knows of it and what it may do.</summary>
internal sealed class InProcessFrame
{
    private const int MaxDepth = 64;

    private readonly InProcessChain _chain;
    private readonly InProcessRun _run;
    private readonly int _depth;

    internal InProcessFrame(InProcessChain chain, InProcessRun run, L1Address self, L1Address sender, UInt128 value, int depth) =>
        (_chain, _run, Self, Sender, Value, _depth) = (chain, run, self, sender, value, depth);

    /// <summary>The contract's own address.</summary>
    public L1Address Self { get; }

    /// <summary>Who called it: an account or a contract.</summary>
    public L1Address Sender { get; }

    /// <summary>What was paid with the call; already the contract's.</summary>
    public UInt128 Value { get; }

    /// <summary>The block that the call is in.</summary>
    public ChainBlock Block => _run.Block;

    /// <summary>The chain's number, which signed words name.</summary>
    public ulong ChainId => _chain.ChainId;

    /// <summary>Versioned hashes of the blobs that the transaction carries.</summary>
    public IReadOnlyList<Digest32> BlobHashes => _run.BlobHashes;

    /// <summary>True for a contract.</summary>
    public bool HasCode(L1Address account) => _run.World.Contracts.ContainsKey(account);

    /// <summary>What an account or contract owns.</summary>
    public UInt128 BalanceOf(L1Address account) => _run.World.Balances.GetValueOrDefault(account);

    /// <summary>The contract's state.</summary>
    /// <typeparam name="TState">What <see cref="InProcessContract.Genesis"/> is.</typeparam>
    public TState Load<TState>() => (TState)_run.World.Contracts[Self].State;

    /// <summary>Replaces the contract's state.</summary>
    /// <param name="state">An immutable value.</param>
    public void Store(object state) => _run.World = _run.World with { Contracts = _run.World.Contracts.SetItem(Self, _run.World.Contracts[Self] with { State = state }) };

    /// <summary>Logs an event.</summary>
    /// <param name="topics">Up to four topics of 32 bytes, one after the other.</param>
    /// <param name="data">The rest.</param>
    public void Log(ReadOnlySpan<byte> topics, ReadOnlySpan<byte> data) =>
        _run.World = _run.World with { Logs = _run.World.Logs.Add(new ChainLog(Block.Number, 0, Self, topics.ToArray(), data.ToArray(), _run.Transaction, _run.Input)) };

    /// <summary>Calls another contract, or pays an account. A failing call does nothing.</summary>
    /// <param name="call">The call; its gas limit is of no meaning.</param>
    public ChainAnswer Call(in ChainCall call) => _depth >= MaxDepth ? default : _run.Execute(_chain, call, Self, _depth + 1);
}

/// <summary>What is the same for all frames of a transaction.</summary>
internal sealed class InProcessRun(ChainWorld world, ChainBlock block, Digest32 transaction, ReadOnlyMemory<byte> input)
{
    public ChainWorld World { get; set; } = world;

    public ChainBlock Block { get; } = block;

    public Digest32 Transaction { get; } = transaction;

    public ReadOnlyMemory<byte> Input { get; } = input;

    public IReadOnlyList<Digest32> BlobHashes { get; init; } = [];

    public ChainAnswer Execute(InProcessChain chain, in ChainCall call, L1Address sender, int depth)
    {
        ChainWorld before = World;
        if (!World.TryPay(sender, call.To, call.Value, out ChainWorld paid)) return default;
        World = paid;
        if (!paid.Contracts.TryGetValue(call.To, out HostedContract? contract)) return new ChainAnswer(true, default);
        ChainAnswer answer = contract.Code.Run(new InProcessFrame(chain, this, call.To, sender, call.Value, depth), call.Input.Span);
        if (!answer.IsOk) World = before;
        return answer;
    }
}

/// <summary>A contract and its state.</summary>
internal sealed record HostedContract(InProcessContract Code, object State);

/// <summary>All that an in-process chain holds after a transaction: an immutable value, so that a reverted call or block costs nothing.</summary>
internal sealed record ChainWorld(
    ImmutableDictionary<L1Address, UInt128> Balances, ImmutableDictionary<L1Address, ulong> Nonces, ImmutableDictionary<L1Address, HostedContract> Contracts, ImmutableList<ChainLog> Logs)
{
    public static ChainWorld Empty { get; } =
        new(ImmutableDictionary<L1Address, UInt128>.Empty, ImmutableDictionary<L1Address, ulong>.Empty, ImmutableDictionary<L1Address, HostedContract>.Empty, []);

    public bool TryPay(L1Address from, L1Address to, UInt128 amount, out ChainWorld paid)
    {
        paid = this;
        if (amount == 0) return true;
        UInt128 owned = Balances.GetValueOrDefault(from);
        if (owned < amount) return false;
        ImmutableDictionary<L1Address, UInt128> balances = Balances.SetItem(from, owned - amount);
        paid = this with { Balances = balances.SetItem(to, balances.GetValueOrDefault(to) + amount) };
        return true;
    }
}
