using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Signatures;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// The rules of payments, with a note of what each bare payment's sender and sponsor must have signed, by which key and which of its
/// one-time keys: the state says so only where the payment is applied. One that is not valid does nothing, and nobody need have signed it.
/// </summary>
/// <typeparam name="THash">The hash of the state.</typeparam>
internal sealed class SignedRun<THash>(Payments<THash> payments) : IStateTransition<Payment> where THash : IStateHash
{
    private readonly List<Due> _dues = [];

    /// <summary>What a payment needs of an account: its key, nothing if there is no such account, and the key's index.</summary>
    internal readonly record struct Due(int Payment, bool IsSponsor, byte[] Key, byte[] Message, ulong Index);

    /// <summary>Payments that were applied.</summary>
    public int Count { get; private set; }

    /// <summary>What they need, in their order, a sponsor after its sender.</summary>
    public IReadOnlyList<Due> Dues => _dues;

    /// <summary>Forgets what was noted.</summary>
    public void Clear()
    {
        _dues.Clear();
        Count = 0;
    }

    /// <summary>Whether signatures are those that the payments need.</summary>
    /// <param name="signatures">Of as many payments. Untrusted.</param>
    /// <param name="verifier">Checks them.</param>
    public bool AreSigned(IReadOnlyList<SignatureInput> signatures, ISignatureVerifier verifier)
    {
        if (signatures.Count != Count || !signatures.All(static pair => pair.IsWellFormed)) return false;
        var claims = new SignatureClaim[_dues.Count];
        for (int i = 0; i < claims.Length; i++)
        {
            Due due = _dues[i];
            SignatureInput pair = signatures[due.Payment];
            bool isSponsored = i + 1 < _dues.Count && _dues[i + 1].IsSponsor;
            if (!due.IsSponsor && pair.Sponsor.IsEmpty == isSponsored) return false;
            ReadOnlyMemory<byte> signature = due.IsSponsor ? pair.Sponsor : pair.Sender;
            if (due.Key.Length == 0 || BinaryPrimitives.ReadUInt32LittleEndian(signature.Span[1..]) != due.Index) return false;
            claims[i] = new SignatureClaim(due.Key, due.Message, signature);
        }
        var valid = new bool[claims.Length];
        verifier.VerifyMany(claims, valid);
        return !valid.Contains(false);
    }

    /// <inheritdoc/>
    public void Authenticate(ReadOnlySpan<Payment> transactions, Span<bool> results) => payments.Authenticate(transactions, results);

    /// <inheritdoc/>
    public void Prepare(ReadOnlySpan<Payment> transactions) => payments.Prepare(transactions);

    /// <inheritdoc/>
    public TransitionOutcome Apply<TView>(in Payment transaction, bool isAuthentic, in BatchContext context, TView state, EffectLog effects) where TView : IStateView
    {
        if (!transaction.IsBare) return payments.Apply(transaction, isAuthentic, context, state, effects);
        PaymentAccount? sender = Read(state, transaction.Sender), sponsor = transaction.Sponsor == default ? null : Read(state, transaction.Sponsor);
        TransitionOutcome outcome = payments.Apply(transaction, isAuthentic, context, state, effects);
        if (outcome.Status.IsValid())
        {
            Payment signed = transaction with { IsBare = false, KeySkip = 0, SponsorSkip = 0, Nonce = sender?.Nonce ?? 0 };
            Note(signed, isSponsor: false, sender, transaction.KeySkip, context.ChainId);
            if (transaction.Sponsor != default) Note(signed, isSponsor: true, sponsor, transaction.SponsorSkip, context.ChainId);
        }
        Count++;
        return outcome;
    }

    /// <inheritdoc/>
    public TransitionOutcome ApplyInbound<TView>(in InboundMessage message, in BatchContext context, TView state, EffectLog effects) where TView : IStateView =>
        payments.ApplyInbound(message, context, state, effects);

    private static PaymentAccount? Read<TView>(TView state, in AccountAddress address) where TView : IStateView =>
        state.Read(address.Digest, out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount account) ? account : null;

    private void Note(in Payment signed, bool isSponsor, PaymentAccount? account, uint skip, ulong chain)
    {
        var message = new byte[PaymentMessage.Size(signed)];
        PaymentMessage.Write(signed, chain, isSponsor, message);
        byte[] key = account is { } record ? [HashSignature.Scheme, .. record.KeyDigest.Span] : [];
        _dues.Add(new Due(Count, isSponsor, key, message, (ulong)(account?.NextKey ?? 0) + skip));
    }
}
