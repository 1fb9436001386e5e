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
    private readonly bool _isNumbered;
    private readonly SignatureClaim[] _claims = new SignatureClaim[2 * Chunk];
    private readonly bool[] _valid = new bool[2 * Chunk];
    private byte[] _messages = new byte[1 << 10];

    /// <summary>The rules of one rollup.</summary>
    /// <param name="rules">What everybody agrees on.</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <param name="keyMemo">How many keys of accounts and balances are remembered; a power of two.</param>
    /// <exception cref="ArgumentException">
    /// A fee recipient without a scheme, or a cap of one transaction below what any of them uses; numbered, a fee recipient that is
    /// not account 0, a rollup's number from 2^30 on, or keys that are not shown.
    /// </exception>
    public Payments(PaymentRules rules, ISignatureVerifier verifier, int keyMemo = 1 << 12)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(verifier);
        if (rules.FeeRecipient.Scheme == 0) throw new ArgumentException("Expected a fee recipient, got none.", nameof(rules));
        if (!PaymentRules.Intrinsic.FitsIn(rules.Caps.Transaction)) throw new ArgumentException($"Expected a cap of at least {PaymentRules.Intrinsic}, got {rules.Caps.Transaction}.", nameof(rules));
        if (rules.Layout > AccountLayout.Numbered) throw new ArgumentException($"Expected a layout of accounts, got {rules.Layout}.", nameof(rules));
        _isNumbered = rules.Layout == AccountLayout.Numbered;
        if (_isNumbered && (rules.FeeRecipient != AccountAddress.FromNumber(0) || rules.ChainId >= NumberedLimits.Chains || !rules.KeysAreShown))
            throw new ArgumentException($"Expected account 0 as fee recipient of a numbered rollup, a number below {NumberedLimits.Chains} and keys that are shown, got {rules}.", nameof(rules));
        _rules = rules;
        _verifier = verifier;
        _keys = new KeyMemo<THash>(keyMemo, rules.Layout);
    }

    /// <inheritdoc/>
    /// <remarks>Hashes the keys of the state that the payments will need along the way, many at once. A bare payment is never authentic.</remarks>
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
            if (payment.Kind != PaymentKind.Transfer) continue;
            if (_isNumbered && payment.Recipient.Scheme == AccountAddress.HashScheme) _keys.Want(PaymentKeys.AccountTag, payment.Recipient, 0);
            else _keys.Want(PaymentKeys.BalanceTag, payment.Recipient, payment.Token);
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
        if (!PaymentForm.IsWellFormed(transaction, _rules.Layout)) return new(TransitionStatus.Malformed, meter.Used);
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
    /// <remarks>Data is not for payments. Tokens that would bring a token's supply past its bound, or go to no account, are sent back.</remarks>
    public TransitionOutcome ApplyInbound<TView>(in InboundMessage message, in BatchContext context, TView state, EffectLog effects) where TView : IStateView
    {
        ArgumentNullException.ThrowIfNull(effects);
        var meter = new Meter(ResourceUse.Unlimited);
        meter.TryCharge(Costs.Transaction + 4 * Costs.Read + 5 * Costs.Write, 4 * Costs.ProvingRead + 5 * Costs.ProvingWrite);
        if (message.Amount == 0) return new(TransitionStatus.Applied, meter.Used);
        var ledger = new Ledger<TView, THash>(state, _keys, meter);
        long before = state.Mark();
        TransitionStatus status = !PaymentForm.IsWellFormed(message, _rules.Layout) ? TransitionStatus.SentBack : ledger.ChangeSupply(message.Token, message.Amount, isUp: true);
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
        if (!IsKeyOf(payment, payment.Signed, payment.Sender, sender)) return TransitionStatus.WrongKey;
        if ((payment.Nonce != sender.Nonce && !payment.IsBare) || sender.Nonce == (_isNumbered ? NumberedLimits.Nonces - 1 : ulong.MaxValue)) return TransitionStatus.WrongNonce;
        sender = sender with { Nonce = sender.Nonce + 1 };
        if (!TryUseKey(payment.IsBare, payment.Signed, payment.KeySkip, ref sender)) return TransitionStatus.UsedKey;
        // The same key once more would make one-time keys fresh that have signed.
        if (_isNumbered && payment.Kind == PaymentKind.RotateKey && payment.Payload.Span[1..].SequenceEqual(sender.KeyDigest.Span)) return TransitionStatus.Malformed;
        AccountAddress payer = payment.Sender;
        if (payment.Sponsor.Scheme != 0)
        {
            payer = payment.Sponsor;
            status = ledger.Account(payer, out Digest32 sponsorKey, out PaymentAccount sponsor, out exists);
            if (status != TransitionStatus.Applied) return status;
            if (!exists || !IsKeyOf(payment, payment.Sponsored, payer, sponsor) || !TryUseKey(payment.IsBare, payment.Sponsored, payment.SponsorSkip, ref sponsor)) return TransitionStatus.WrongSponsor;
            if (_isNumbered && (status = ledger.SetAccount(sponsorKey, sponsor)) != TransitionStatus.Applied) return status;
        }
        status = ledger.SetAccount(senderKey, sender);
        if (status != TransitionStatus.Applied || payment.Fee == 0) return status;
        status = ledger.Debit(payer, payment.FeeToken, payment.Fee);
        if (status == TransitionStatus.InsufficientBalance) return TransitionStatus.CannotPayFee;
        if (status == TransitionStatus.Applied) status = ledger.Credit(_rules.FeeRecipient, payment.FeeToken, payment.Fee);
        // Account 0 is there from the genesis on.
        return status == TransitionStatus.UnknownRecipient ? TransitionStatus.CorruptState : status;
    }

    // Where no keys are posted, what is posted has none at all: one that is shown, as a forced payment's, has to be the account's.
    private bool IsKeyOf(in Payment payment, in Authorization authorization, in AccountAddress address, in PaymentAccount account)
    {
        if (payment.IsBare || (!_rules.KeysAreShown && authorization.IsEmpty)) return true;
        ReadOnlySpan<byte> key = authorization.PublicKey.Span;
        if (!AccountAddress.IsKey(key)) return false;
        AccountAddress shown = AccountAddress.FromPublicKey(key);
        if (_isNumbered) return shown.Scheme == AccountAddress.HashScheme && shown.Digest == account.KeyDigest;
        return account.KeyDigest == default ? shown == address : shown.Digest == account.KeyDigest;
    }

    // Numbered: one-time keys of an account sign in ascending order, so that a payment once passed over never counts.
    private bool TryUseKey(bool isBare, in Authorization authorization, uint skip, ref PaymentAccount account)
    {
        if (!_isNumbered) return true;
        uint shown = 0;
        if (!isBare && !authorization.TryGetKeyIndex(out shown)) return false;
        ulong index = isBare ? (ulong)account.NextKey + skip : shown;
        if (index < account.NextKey || index >= NumberedLimits.KeyIndices) return false;
        account = account with { NextKey = (uint)index + 1 };
        return true;
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
            results[i] &= !payments[i].IsBare;
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
