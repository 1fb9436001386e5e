using System.Buffers.Binary;
using Prozchain.Devnet.Adapters;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Devnet.Stages;

/// <summary>An optimistic rollup: a tree of Keccak-256, keys of P-256, and disputes that end with a payment that the settlement layer executes again.</summary>
internal sealed class ExecutedRollup : RollupKind<KeccakTree>
{
    private const int AmountSize = 16;

    private readonly P256Signer _treasury;
    private readonly bool _isLying;

    public ExecutedRollup(DevnetOptions options)
    {
        (_treasury, _isLying) = (RollupSetup.TreasuryOf(options), options.Lie);
        Payments = RollupSetup.PaymentsOf(_treasury);
    }

    public override PaymentRules Payments { get; }

    public override ISigner Treasury => _treasury;

    public override AccountAddress TreasuryName => AccountAddress.FromPublicKey(_treasury.PublicKey.Span);

    public override int SignatureBytes => 64;

    public override DerivationRules RulesOf(DerivationRules rules) => rules with { IsListed = true };

    public override ITransactionCodec<Payment> Codec(IStateView view) => new PaymentCodec(new StateAccountNames<KeccakTree>(view), PaymentLimits.Default);

    public override ISignatureVerifier NewVerifier() => new P256Verifier();

    public override IReadOnlyList<(Func<CancellationToken, ValueTask<ClaimMove>> Step, bool IsHonest)> Parties(RollupSetup setup, IClaimSource source, IClaimSource told)
    {
        RollupAddresses at = setup.Layer.Contracts;
        ISettlementChain proposer = setup.Layer.As(SettlementRole.Proposer), verifier = setup.Layer.As(SettlementRole.Verifier);
        (Func<CancellationToken, ValueTask<ClaimMove>>, bool)[] parties = [(new ClaimProposer(proposer, at, told).StepAsync, true), (new Challenger(verifier, at, source).StepAsync, true)];
        return _isLying ? [.. parties, (new Challenger(proposer, at, told).StepAsync, false)] : parties;
    }

    public override (ulong Nonce, UInt128 Balance)? Find(StateStore<KeccakTree> state, in AccountAddress account)
    {
        if (state.Read(PaymentKeys.Account(account), out ReadOnlySpan<byte> record) != StateReadStatus.Found || !PaymentAccount.TryRead(record, out PaymentAccount read)) return null;
        return (read.Nonce, state.Read(PaymentKeys.Balance(account, 0), out ReadOnlySpan<byte> value) == StateReadStatus.Found && value.Length == AmountSize ? BinaryPrimitives.ReadUInt128LittleEndian(value) : 0);
    }

    /// <inheritdoc/>
    /// <remarks>Over every account that there is, by their numbers.</remarks>
    public override UInt128 Sum(StateStore<KeccakTree> state)
    {
        UInt128 sum = 0;
        for (ulong index = 0; state.Read(PaymentKeys.Index(index), out ReadOnlySpan<byte> name) == StateReadStatus.Found; index++)
            if (AccountAddress.TryRead(name, out AccountAddress address)) sum += Find(state, address)?.Balance ?? 0;
        return sum;
    }

    public override void Dispose() => _treasury.Dispose();
}
