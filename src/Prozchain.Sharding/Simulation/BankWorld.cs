using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// A bank over shards: customers that pay across shards and swap atomically, in a <see cref="ShardWorld{TTransition}"/>
/// with all that it checks, and an auditor that counts value at every consistent cut, receipts under way included.
/// </summary>
public sealed class BankWorld : IDisposable
{
    /// <summary>The bank's chain.</summary>
    public const ulong ChainId = 7;

    /// <summary>Number of the program of swaps, <see cref="MultiTransfer"/>.</summary>
    public const ushort SwapProgram = 1;

    private readonly BankAuditor _auditor;
    private readonly BankLoad _load;

    /// <summary>Makes the bank of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="options">What it is like.</param>
    public BankWorld(ulong seed, BankOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ISigner[] accounts = [.. Enumerable.Range(options.Shards * options.Validators, options.Accounts).Select(options.Signer)];
        StateWrite[] genesis = [.. accounts.Select(account => new StateWrite(Address.FromPublicKey(account.PublicKey.Span).Digest, new Account(0, options.Balance).ToBytes()))];
        Shards = new ShardWorld<TransferTransition>(seed, new ShardWorldOptions<TransferTransition>
        {
            Transition = default, ChainId = ChainId, Genesis = genesis, Shards = options.Shards, Validators = options.Validators,
            Signer = options.Signer, Verifier = options.Verifier, Programs = new Dictionary<ushort, IAtomicProgram> { [SwapProgram] = new MultiTransfer() },
            AtomicValidityMs = options.SwapValidityMs, IntervalMs = options.IntervalMs, DelayMs = options.DelayMs, Channels = options.Channels, World = options.World,
            ChecksTransition = options.ChecksTransition, Wrap = options.Wrap, Attesters = options.Attesters,
        });
        _auditor = new BankAuditor(genesis);
        _load = new BankLoad(options, Shards.Layout, accounts, (cell, amount, nowMs) => _auditor.Submitted(cell, amount, nowMs), Shards.State.ValueOf, Shards.Telemetry, (cell, message) => Shards.Send(Shards.Layout.ShardOf(cell), message));
        Shards.Add(_auditor);
        Shards.Add(_load, long.MaxValue);
        World.Tag = this;
    }

    /// <summary>The shards, their checks and what they did.</summary>
    public ShardWorld<TransferTransition> Shards { get; }

    /// <summary>The world.</summary>
    public SimulatedWorld World => Shards.World;

    /// <summary>Which shard holds which key.</summary>
    public ShardLayout Layout => Shards.Layout;

    /// <summary>What it did so far.</summary>
    public BankReport Report()
    {
        List<long> sorted = [.. _auditor.Latencies.Order()];
        ShardReport shards = Shards.Report();
        return new BankReport(shards.Applied, _load.Done, _load.Waiting, shards.Commits, sorted.Count, BankReport.At(sorted, 500), BankReport.At(sorted, 990), shards.Cuts, shards.LowestHeight, shards.IsQuiet) { Attested = shards.Attested, AtCap = shards.AtCap, LockCommits = Shards.LockCommits };
    }

    /// <inheritdoc/>
    public void Dispose() => World.Dispose();
}
