using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// The payments rollup: several tokens, fees that somebody else may pay, keys that can be replaced by their owner or by
/// guardians, deposits, withdrawals and messages (docs/formats/rollups-payments.md).
/// </summary>
/// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
/// <remarks>
/// A valid payment pays its fee and advances its sender's nonce, whatever becomes of the rest. Of every token there is
/// as much on the rollup as was deposited less what was withdrawn. As thread-safe as its verifier, which is to say not.
/// </remarks>
public sealed class Payments<THash> : IStateTransition<Payment> where THash : IStateHash
{
    private const int Chunk = 256;

    private readonly PaymentRules _rules;
    private readonly ISignatureVerifier _verifier;
    private readonly KeyMemo<THash> _keys;
    private readonly SignatureClaim[] _claims = new SignatureClaim[2 * Chunk];
    private readonly bool[] _valid = new bool[2 * Chunk];
    private byte[] _messages = new byte[1 << 10];

    /// <summary>The rules of one rollup.</summary>
    /// <param name="rules">What everybody agrees on.</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <param name="keyMemo">How many keys of accounts and balances are remembered; a power of two.</param>
    /// <exception cref="ArgumentException">A fee recipient without a scheme, or a cap of one transaction below what any of them uses.</exception>
    public Payments(PaymentRules rules, ISignatureVerifier verifier, int keyMemo = 1 << 12)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(verifier);
        if (rules.FeeRecipient.Scheme == 0) throw new ArgumentException("Expected a fee recipient, got none.", nameof(rules));
        if (!PaymentRules.Intrinsic.FitsIn(rules.Caps.Transaction)) throw new ArgumentException($"Expected a cap of at least {PaymentRules.Intrinsic}, got {rules.Caps.Transaction}.", nameof(rules));
        _rules = rules;
        _verifier = verifier;
        _keys = new KeyMemo<THash>(keyMemo);
    }

    /// <inheritdoc/>
    /// <remarks>Hashes the keys of the state that the payments will need along the way, many at once.</remarks>
    public void Authenticate(ReadOnlySpan<Payment> transactions, Span<bool> results)
    {
        if (results.Length < transactions.Length)
            throw new ArgumentException($"Expected room for {transactions.Length} results, got {results.Length}.", nameof(results));
        for (int at = 0; at < transactions.Length; at += Chunk)
        {
            int count = Math.Min(Chunk, transactions.Length - at);
            AuthenticateChunk(transactions.Slice(at, count), results.Slice(at, count));
        }
    }

    /// <inheritdoc/>
    /// <remarks>Hashes the keys of the state that the payments will need, many at once.</remarks>
    public void Prepare(ReadOnlySpan<Payment> transactions)
    {
        foreach (ref readonly Payment payment in transactions)
        {
            _keys.Want(PaymentKeys.AccountTag, payment.Sender, 0);
            _keys.Want(PaymentKeys.BalanceTag, payment.Sender, payment.Token);
            if (payment.Kind == PaymentKind.Transfer) _keys.Want(PaymentKeys.BalanceTag, payment.Recipient, payment.Token);
        }
        _keys.Flush();
    }

    /// <inheritdoc/>
    public TransitionOutcome Apply<TView>(in Payment transaction, bool isAuthentic, in BatchContext context, TView state, EffectLog effects) where TView : IStateView
    {
        ArgumentNullException.ThrowIfNull(effects);
        var meter = new Meter(_rules.Caps.Transaction);
        meter.TryCharge(PaymentRules.Intrinsic.ExecutionGas, PaymentRules.Intrinsic.ProvingUnits);
        if (context.ChainId != _rules.ChainId) return new(TransitionStatus.WrongChain, meter.Used);
        if (!PaymentForm.IsWellFormed(transaction)) return new(TransitionStatus.Malformed, meter.Used);
        if (!isAuthentic) return new(TransitionStatus.BadSignature, meter.Used);

        var ledger = new Ledger<TView, THash>(state, _keys, meter);
        long before = state.Mark();
        TransitionStatus status = Pay(ref ledger, transaction);
        if (status != TransitionStatus.Applied)
        {
            state.Revert(before);
            return new(status, ledger.Used);
        }
        long paid = state.Mark();
        int said = effects.Mark();
        status = PaymentWork.TryCharge(ref ledger, transaction) ? PaymentWork.Do(ref ledger, transaction, context, effects) : TransitionStatus.OverCap;
        if (status != TransitionStatus.Applied)
        {
            state.Revert(status.IsValid() ? paid : before);
            effects.Revert(said);
        }
        return new(status, ledger.Used);
    }

    /// <inheritdoc/>
    /// <remarks>Data is not for payments. Tokens that would bring a token's supply past 2^128 - 1, or go to no account, are sent back.</remarks>
    public TransitionOutcome ApplyInbound<TView>(in InboundMessage message, in BatchContext context, TView state, EffectLog effects) where TView : IStateView
    {
        ArgumentNullException.ThrowIfNull(effects);
        var meter = new Meter(ResourceUse.Unlimited);
        meter.TryCharge(Costs.Transaction + 4 * Costs.Read + 5 * Costs.Write, 4 * Costs.ProvingRead + 5 * Costs.ProvingWrite);
        if (message.Amount == 0) return new(TransitionStatus.Applied, meter.Used);
        var ledger = new Ledger<TView, THash>(state, _keys, meter);
        long before = state.Mark();
        TransitionStatus status = message.Recipient.Scheme == 0 ? TransitionStatus.SentBack : ledger.ChangeSupply(message.Token, message.Amount, isUp: true);
        if (status == TransitionStatus.Applied) status = ledger.Credit(message.Recipient, message.Token, message.Amount);
        if (status == TransitionStatus.Applied) return new(status, ledger.Used);
        state.Revert(before);
        if (status == TransitionStatus.MissingState) return new(status, ledger.Used);
        effects.Withdraw(message.Token, message.Amount, message.Sender);
        return new(TransitionStatus.SentBack, ledger.Used);
    }

    // Keys, nonce and fee: what makes a payment valid.
    private TransitionStatus Pay<TView>(ref Ledger<TView, THash> ledger, in Payment payment) where TView : IStateView
    {
        TransitionStatus status = ledger.Account(payment.Sender, out Digest32 senderKey, out PaymentAccount sender, out bool exists);
        if (status != TransitionStatus.Applied) return status;
        if (!exists) return TransitionStatus.UnknownSender;
        if (!IsKeyOf(payment.Signed, payment.Sender, sender)) return TransitionStatus.WrongKey;
        if (payment.Nonce != sender.Nonce || sender.Nonce == ulong.MaxValue) return TransitionStatus.WrongNonce;
        AccountAddress payer = payment.Sender;
        if (payment.Sponsor.Scheme != 0)
        {
            payer = payment.Sponsor;
            status = ledger.Account(payer, out _, out PaymentAccount sponsor, out exists);
            if (status != TransitionStatus.Applied) return status;
            if (!exists || !IsKeyOf(payment.Sponsored, payer, sponsor)) return TransitionStatus.WrongSponsor;
        }
        status = ledger.SetAccount(senderKey, sender with { Nonce = sender.Nonce + 1 });
        if (status != TransitionStatus.Applied || payment.Fee == 0) return status;
        status = ledger.Debit(payer, payment.FeeToken, payment.Fee);
        if (status == TransitionStatus.InsufficientBalance) return TransitionStatus.CannotPayFee;
        return status == TransitionStatus.Applied ? ledger.Credit(_rules.FeeRecipient, payment.FeeToken, payment.Fee) : status;
    }

    private bool IsKeyOf(in Authorization authorization, in AccountAddress address, in PaymentAccount account)
    {
        if (!_rules.KeysAreShown) return true;
        ReadOnlySpan<byte> key = authorization.PublicKey.Span;
        if (!AccountAddress.IsKey(key)) return false;
        AccountAddress shown = AccountAddress.FromPublicKey(key);
        return account.KeyDigest == default ? shown == address : shown.Digest == account.KeyDigest;
    }

    private void AuthenticateChunk(ReadOnlySpan<Payment> payments, Span<bool> results)
    {
        int bytes = 0, claims = 0;
        foreach (ref readonly Payment payment in payments)
            if (payment.Payload.Length <= PaymentRules.MaxPayload) bytes += PaymentMessage.Size(payment) * (payment.Sponsor.Scheme == 0 ? 1 : 2);
        if (_messages.Length < bytes) _messages = new byte[2 * bytes];
        int at = 0;
        foreach (ref readonly Payment payment in payments)
        {
            if (payment.Payload.Length > PaymentRules.MaxPayload) continue;
            Claim(payment, payment.Signed, isSponsor: false, ref at, ref claims);
            if (payment.Sponsor.Scheme != 0) Claim(payment, payment.Sponsored, isSponsor: true, ref at, ref claims);
        }
        Prepare(payments);
        _verifier.VerifyMany(_claims.AsSpan(0, claims), _valid);
        claims = 0;
        for (int i = 0; i < payments.Length; i++)
        {
            results[i] = payments[i].Payload.Length <= PaymentRules.MaxPayload && _valid[claims++];
            if (payments[i].Payload.Length <= PaymentRules.MaxPayload && payments[i].Sponsor.Scheme != 0) results[i] &= _valid[claims++];
        }
        Array.Clear(_claims);
    }

    private void Claim(in Payment payment, in Authorization authorization, bool isSponsor, ref int at, ref int claims)
    {
        Memory<byte> message = _messages.AsMemory(at, PaymentMessage.Size(payment));
        PaymentMessage.Write(payment, _rules.ChainId, isSponsor, message.Span);
        at += message.Length;
        _claims[claims++] = new SignatureClaim(authorization.PublicKey, message, authorization.Signature);
    }
}
