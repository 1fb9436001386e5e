using System.Buffers;
using Prozchain.Rollups.Settlement;
using Prozchain.Shared;

namespace Prozchain.Rollups;

/// <summary>
/// What everybody agrees on before batch 0: the chain's number, who owns what, who takes part in the settlement, and
/// its parameters. Its digest is the rollup's identity: batch 0 and every settlement call are bound to it.
/// </summary>
public sealed class RollupGenesis
{
    private readonly GenesisAccount[] _accounts;
    private readonly SettlementActor[] _actors;

    /// <summary>Checks and freezes a genesis. The order of accounts and actors does not matter.</summary>
    /// <exception cref="ArgumentException">
    /// An account or an actor twice, a malformed public key, balances or deposits that add up to more than 2^64 - 1, or
    /// parameters out of range.
    /// </exception>
    public RollupGenesis(ulong chainId, IEnumerable<GenesisAccount> accounts, IEnumerable<SettlementActor> actors, SettlementParameters? parameters = null)
    {
        ChainId = chainId;
        Parameters = parameters ?? new SettlementParameters();
        Parameters.Check();
        _accounts = [.. accounts.OrderBy(account => account.Address.Digest)];
        _actors = [.. actors.Select(actor => actor with { PublicKey = actor.PublicKey.ToArray() }).OrderBy(actor => AccountAddress.FromP256Key(actor.PublicKey.Span).Digest)];
        for (int i = 1; i < _accounts.Length; i++)
            if (_accounts[i].Address == _accounts[i - 1].Address) throw new ArgumentException($"Expected each account once, got {_accounts[i].Address} twice.", nameof(accounts));
        for (int i = 1; i < _actors.Length; i++)
            if (_actors[i].PublicKey.Span.SequenceEqual(_actors[i - 1].PublicKey.Span)) throw new ArgumentException("Expected each actor once, got one twice.", nameof(actors));
        TotalBalance = Sum(_accounts.Select(account => account.Balance), nameof(accounts));
        TotalDeposit = Sum(_actors.Select(actor => actor.Deposit), nameof(actors));
        StateRoot = NewState().Root();
        Digest = ComputeDigest();
    }

    /// <summary>Number of the rollup; transfers name it.</summary>
    public ulong ChainId { get; }

    /// <summary>Periods, bonds and limits.</summary>
    public SettlementParameters Parameters { get; }

    /// <summary>Who owns what, in order of address.</summary>
    public ReadOnlyMemory<GenesisAccount> Accounts => _accounts;

    /// <summary>Who takes part in the settlement, in order of address.</summary>
    public ReadOnlyMemory<SettlementActor> Actors => _actors;

    /// <summary>Sum of all balances: what the rollup holds at any time.</summary>
    public ulong TotalBalance { get; }

    /// <summary>Sum of all deposits: what the settlement holds and has burned at any time.</summary>
    public ulong TotalDeposit { get; }

    /// <summary>Root of the state before batch 0.</summary>
    public Digest32 StateRoot { get; }

    /// <summary>Keccak-256 of the genesis (docs/formats/rollups-settlement.md): the rollup's identity.</summary>
    public Digest32 Digest { get; }

    /// <summary>A new copy of the state before batch 0.</summary>
    public RollupState NewState()
    {
        var state = new RollupState();
        foreach (GenesisAccount account in _accounts) state.Credit(account.Address, account.Balance);
        return state;
    }

    private static ulong Sum(IEnumerable<ulong> values, string name)
    {
        ulong sum = 0;
        foreach (ulong value in values)
            sum = value <= ulong.MaxValue - sum ? sum + value : throw new ArgumentException("Expected a sum of at most 2^64 - 1, got more.", name);
        return sum;
    }

    private Digest32 ComputeDigest()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteSpan("Prozchain rollup genesis v0"u8);
        writer.WriteUInt64(ChainId);
        writer.WriteUInt64((ulong)Parameters.ChallengeWindow);
        writer.WriteUInt64((ulong)Parameters.DisputeClock);
        writer.WriteUInt64((ulong)Parameters.StepWindow);
        writer.WriteUInt64(Parameters.AssertionBond);
        writer.WriteUInt64(Parameters.ChallengeBond);
        writer.WriteUInt32((uint)Parameters.BatchLimits.MaxTransfers);
        writer.WriteUInt32((uint)Parameters.BatchLimits.MaxBytes);
        writer.WriteBytes32(StateRoot.Value);
        writer.WriteUInt64((ulong)_actors.Length);
        foreach (SettlementActor actor in _actors)
        {
            writer.WriteSpan(actor.PublicKey.Span);
            writer.WriteUInt64(actor.Deposit);
            writer.WriteByte(actor.MayPostBatches ? (byte)1 : (byte)0);
        }
        return new Digest32(Hashing.Keccak(output.WrittenSpan));
    }
}
