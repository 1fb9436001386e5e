using System.Collections.Immutable;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Every validator from its deposit to its withdrawal, and the ledger of all stake. Immutable: a change gives a new
/// registry. What a new epoch brings is in <see cref="RegistryEpoch"/>, what an offence costs in <see cref="Slashing"/>.
/// </summary>
internal sealed record ValidatorRegistry
{
    private static readonly IComparer<ReadOnlyMemory<byte>> s_byteOrder =
        Comparer<ReadOnlyMemory<byte>>.Create(static (x, y) => x.Span.SequenceCompareTo(y.Span));

    public required RegistryRules Rules { get; init; }

    /// <summary>By public key.</summary>
    public ImmutableSortedDictionary<ReadOnlyMemory<byte>, ValidatorRecord> Records { get; init; } = ImmutableSortedDictionary.Create<ReadOnlyMemory<byte>, ValidatorRecord>(s_byteOrder);

    public StakeLedger Ledger { get; init; }

    /// <summary>Number of the next deposit.</summary>
    public ulong NextDeposit { get; init; }

    /// <summary>Number of the next withdrawal receipt.</summary>
    public ulong NextReceipt { get; init; }

    /// <summary>Stake, as far as it counted, of those convicted in each epoch of the correlation window.</summary>
    public ImmutableSortedDictionary<ulong, ulong> ConvictedStake { get; init; } = ImmutableSortedDictionary<ulong, ulong>.Empty;

    /// <summary>Number of records whose validator is convicted.</summary>
    public int Convicted { get; init; }

    public static ValidatorRegistry Genesis(RegistryRules rules, IReadOnlyList<Validator> validators)
    {
        rules.Check();
        if (validators.Count > rules.MaxValidators) throw new ArgumentException($"Expected at most {rules.MaxValidators} validators, got {validators.Count}.", nameof(validators));
        var registry = new ValidatorRegistry { Rules = rules };
        UInt128 total = 0;
        foreach (Validator validator in validators)
        {
            BeaconWire.CheckPublicKey(validator.PublicKey.Span, nameof(validators));
            if (validator.Stake < rules.MinStake) throw new ArgumentException($"Expected validators with a stake of {rules.MinStake}, got one with {validator.Stake}.", nameof(validators));
            if (registry.Records.ContainsKey(validator.PublicKey)) throw new ArgumentException("Expected each validator once, got one twice.", nameof(validators));
            if ((total += validator.Stake) > long.MaxValue) throw new ArgumentException($"Expected stakes below 2^63 in sum, got {total} and more.", nameof(validators));
            registry = registry.With(new ValidatorRecord(
                validator.PublicKey.ToArray(), validator.RandomnessKey, new Address(validator.PublicKey.Span[0], new Digest(Domains.Address.Hash(validator.PublicKey.Span))), validator.Stake, 0) { ActivationEpoch = 0 });
        }
        return registry with { Ledger = new StakeLedger(total, total, 0, 0, 0) };
    }

    public bool TryGet(ReadOnlyMemory<byte> key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ValidatorRecord? record) => Records.TryGetValue(key, out record);

    public ValidatorRegistry With(ValidatorRecord record) => this with { Records = Records.SetItem(record.PublicKey, record) };

    /// <summary>Takes the next deposit: a join, a top-up, or back it goes. The host vouches for it by now.</summary>
    public ValidatorRegistry Take(Deposit deposit, ulong chainId, ISignatureVerifier verifier, IRevealScheme? reveals, BeaconOutputs outputs)
    {
        ValidatorRegistry next = this with { NextDeposit = NextDeposit + 1, Ledger = Ledger with { Deposited = Ledger.Deposited + deposit.Amount } };
        bool fits = Ledger.Active + Ledger.Exiting + deposit.Amount <= long.MaxValue;
        if (TryGet(deposit.PublicKey, out ValidatorRecord? known))
        {
            if (!fits || known.IsConvicted || known.ExitRequested != ValidatorRecord.Never) return next.Pay(deposit.Withdrawal, deposit.Amount, outputs);
            return next.With(known with { Stake = known.Stake + deposit.Amount }) with { Ledger = next.Ledger with { Active = Ledger.Active + deposit.Amount } };
        }
        bool joins = fits && deposit.Amount >= Rules.MinStake && deposit.Possession.Length > 0 && BeaconWire.IsPublicKey(deposit.PublicKey.Span)
            && deposit.IsPossessed(chainId, verifier)
            && (reveals is null || IsNew(deposit.RandomnessKey) && reveals.IsPossessed(
                deposit.RandomnessKey.Span, Deposit.RandomnessMessage(chainId, deposit.PublicKey.Span, deposit.RandomnessKey.Span), deposit.RandomnessProof.Span));
        if (!joins) return next.Pay(deposit.Withdrawal, deposit.Amount, outputs);
        return next.With(new ValidatorRecord(deposit.PublicKey, deposit.RandomnessKey, deposit.Withdrawal, deposit.Amount, deposit.Index + 1))
            with { Ledger = next.Ledger with { Active = Ledger.Active + deposit.Amount } };
    }

    /// <summary>Takes an order to leave; null unless the result is valid. It waits for its turn from then on.</summary>
    public (RegistryResult Result, ValidatorRegistry? Registry) Take(ExitOrder order, ulong chainId, ulong epoch, ISignatureVerifier? verifier)
    {
        if (order.Epoch != epoch) return (RegistryResult.WrongEpoch, null);
        if (!TryGet(order.PublicKey, out ValidatorRecord? record) || !record.IsOnDuty(epoch) || record.ExitRequested != ValidatorRecord.Never) return (RegistryResult.NotActive, null);
        if (verifier is not null && !order.IsSigned(chainId, verifier)) return (RegistryResult.BadSignature, null);
        return (RegistryResult.Valid, With(record with { ExitRequested = epoch }));
    }

    /// <summary>Lets stake out that the ledger counts as deposited and nowhere else yet.</summary>
    public ValidatorRegistry Pay(in Address to, ulong amount, BeaconOutputs outputs)
    {
        outputs.Add(new WithdrawalReceipt(NextReceipt, to, amount));
        return this with { NextReceipt = NextReceipt + 1, Ledger = Ledger with { Withdrawn = Ledger.Withdrawn + amount } };
    }

    // Two validators of one key would count one reveal twice.
    private bool IsNew(ReadOnlyMemory<byte> randomnessKey) => !Records.Values.Any(record => record.RandomnessKey.Span.SequenceEqual(randomnessKey.Span));
}
