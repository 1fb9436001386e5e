using System.Buffers;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Transition;

/// <summary>
/// The payments rollup: a transfer with a valid signature, the right chain and the sender's next nonce advances that
/// nonce and, if the sender has the amount, moves it. Everything else leaves the state as it was.
/// </summary>
/// <remarks>
/// A transfer of amount 0 advances the nonce and touches no recipient, so it cannot create an account. Value is
/// neither made nor lost. As thread-safe as its verifier.
/// </remarks>
public sealed class PaymentsTransition : IStateTransition<L2Transfer>
{
    private static readonly ResourceUse s_base = new(Costs.Transaction + Costs.Signature, Costs.ProvingSignature);
    private static readonly ResourceUse s_read = new(Costs.Read, Costs.ProvingRead), s_write = new(Costs.Write, Costs.ProvingWrite);

    private readonly ulong _chainId;
    private readonly ISignatureVerifier _verifier;

    /// <summary>The rules for one chain.</summary>
    /// <param name="chainId">Transfers for any other chain are invalid.</param>
    /// <param name="verifier">Checks signatures.</param>
    public PaymentsTransition(ulong chainId, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        _chainId = chainId;
        _verifier = verifier;
    }

    /// <inheritdoc/>
    public void Authenticate(ReadOnlySpan<L2Transfer> transactions, Span<bool> results)
    {
        if (results.Length < transactions.Length)
            throw new ArgumentException($"Expected room for {transactions.Length} results, got {results.Length}.", nameof(results));
        int perClaim = L2Transfer.SigningSize + L2Transfer.PublicKeySize + L2Transfer.SignatureSize;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(perClaim * transactions.Length);
        SignatureClaim[] claims = ArrayPool<SignatureClaim>.Shared.Rent(transactions.Length);
        for (int i = 0, at = 0; i < transactions.Length; i++, at += perClaim)
        {
            Memory<byte> message = bytes.AsMemory(at, L2Transfer.SigningSize);
            Memory<byte> key = bytes.AsMemory(at + message.Length, L2Transfer.PublicKeySize);
            Memory<byte> signature = bytes.AsMemory(at + message.Length + key.Length, L2Transfer.SignatureSize);
            transactions[i].WriteSigningMessage(message.Span);
            transactions[i].PublicKey.CopyTo(key.Span);
            transactions[i].Signature.CopyTo(signature.Span);
            claims[i] = new SignatureClaim(key, message, signature);
        }
        _verifier.VerifyMany(claims.AsSpan(0, transactions.Length), results);
        ArrayPool<SignatureClaim>.Shared.Return(claims, clearArray: true);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <inheritdoc/>
    public TransitionOutcome Apply<TView>(in L2Transfer transaction, bool isAuthentic, in BatchContext context, TView state, EffectLog effects) where TView : IStateView
    {
        ResourceUse use = s_base;
        if (transaction.ChainId != _chainId) return new(TransitionStatus.WrongChain, use);
        if (!isAuthentic) return new(TransitionStatus.BadSignature, use);

        Digest32 senderKey = transaction.Sender.StateKey();
        use += s_read;
        if (!TryRead(state, senderKey, out AccountState sender, out TransitionStatus fault)) return new(fault, use);
        if (transaction.Nonce != sender.Nonce || sender.Nonce == ulong.MaxValue) return new(TransitionStatus.WrongNonce, use);

        AccountState next = sender with { Nonce = sender.Nonce + 1 };
        var status = TransitionStatus.Applied;
        long mark = state.Mark();
        if (transaction.Amount > sender.Balance) status = TransitionStatus.InsufficientBalance;
        else if (transaction.Amount > 0 && transaction.Recipient != transaction.Sender)
        {
            status = Credit(transaction.Recipient, transaction.Amount, state, ref use);
            if (!status.IsValid()) return new(status, use);
            if (status == TransitionStatus.Applied) next = next with { Balance = sender.Balance - transaction.Amount };
        }
        use += s_write;
        if (TryWrite(state, senderKey, next)) return new(status, use);
        state.Revert(mark);
        return new(TransitionStatus.MissingState, use);
    }

    /// <inheritdoc/>
    public TransitionOutcome ApplyInbound<TView>(in InboundMessage message, in BatchContext context, TView state, EffectLog effects) where TView : IStateView
    {
        ArgumentNullException.ThrowIfNull(effects);
        ResourceUse use = default;
        if (message.Amount == 0) return new(TransitionStatus.Applied, use);
        TransitionStatus status = message.Token != 0 || message.Amount > ulong.MaxValue || message.Recipient.Scheme != AccountAddress.P256Scheme
            ? TransitionStatus.SentBack
            : Credit(message.Recipient, (ulong)message.Amount, state, ref use);
        if (status is TransitionStatus.Applied or TransitionStatus.MissingState) return new(status, use);
        effects.Withdraw(message.Token, message.Amount, message.Sender);
        return new(TransitionStatus.SentBack, use);
    }

    private static TransitionStatus Credit<TView>(in AccountAddress recipient, ulong amount, TView state, ref ResourceUse use) where TView : IStateView
    {
        Digest32 key = recipient.StateKey();
        use += s_read;
        if (!TryRead(state, key, out AccountState account, out TransitionStatus fault)) return fault;
        if (amount > ulong.MaxValue - account.Balance) return TransitionStatus.BalanceOverflow;
        use += s_write;
        return TryWrite(state, key, account with { Balance = account.Balance + amount }) ? TransitionStatus.Applied : TransitionStatus.MissingState;
    }

    private static bool TryRead<TView>(TView state, in Digest32 key, out AccountState account, out TransitionStatus fault) where TView : IStateView
    {
        account = default;
        fault = TransitionStatus.MissingState;
        StateReadStatus status = state.Read(key, out ReadOnlySpan<byte> value);
        if (status == StateReadStatus.Unknown) return false;
        if (status == StateReadStatus.Absent) return true;
        fault = TransitionStatus.CorruptState;
        return AccountState.TryRead(value, out account);
    }

    private static bool TryWrite<TView>(TView state, in Digest32 key, AccountState account) where TView : IStateView
    {
        Span<byte> value = stackalloc byte[AccountState.Size];
        account.Write(value);
        return state.Write(key, value);
    }
}
