using System.Buffers;
using System.Runtime.InteropServices;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups.Payments;

/// <summary>Payments as a sequencer sees them. The hash is the Keccak-256 of what the sender signs. Not thread-safe.</summary>
/// <param name="chainId">The rollup's number.</param>
public sealed class PaymentAccess(ulong chainId) : ITransactionAccess<Payment>
{
    // Addresses, numbers and their layout: three accounts, four numbers of at most 17 bytes, a payload's length.
    private const int MaxFixedSize = 3 * (AccountAddress.Size + 3) + 4 * 17 + L1Address.Size + 2 * 8;

    // A full row with every field.
    private const int MaxFixedRow = 122;

    private readonly Dictionary<AccountAddress, ulong> _nonces = [];
    private byte[] _messages = [];

    /// <inheritdoc/>
    public AccountAddress SenderOf(in Payment transaction) => transaction.Sender;

    /// <inheritdoc/>
    public ulong NonceOf(in Payment transaction) => transaction.Nonce;

    /// <inheritdoc/>
    public UInt128 FeeOf(in Payment transaction) => transaction.Fee;

    /// <inheritdoc/>
    public int MaxSizeOf(in Payment transaction) => MaxFixedSize + transaction.Payload.Length + SizeOf(transaction.Signed) + SizeOf(transaction.Sponsored);

    /// <inheritdoc/>
    public int MaxRowOf(in Payment transaction) => MaxFixedRow + transaction.Payload.Length;

    /// <inheritdoc/>
    /// <remarks>How many one-time keys of sender and sponsor it leaves unused.</remarks>
    public void Note(ref Payment transaction, IStateView state) => transaction = transaction with
    {
        KeySkip = SkipOf(transaction.Sender, transaction.Signed, state), SponsorSkip = SkipOf(transaction.Sponsor, transaction.Sponsored, state),
    };

    /// <inheritdoc/>
    /// <remarks>The nonces of bare payments.</remarks>
    public void Resolve(Span<Payment> transactions, IStateView state)
    {
        _nonces.Clear();
        foreach (ref Payment payment in transactions)
        {
            if (!payment.IsBare) continue;
            ref ulong next = ref CollectionsMarshal.GetValueRefOrAddDefault(_nonces, payment.Sender, out bool isLater);
            if (!isLater && TryRead(payment.Sender, state, out PaymentAccount sender)) next = sender.Nonce;
            payment = payment with { Nonce = next++ };
        }
    }

    /// <inheritdoc/>
    public void Hash(ReadOnlySpan<Payment> transactions, Span<Digest32> digests)
    {
        if (digests.Length < transactions.Length) throw new ArgumentException($"Expected room for {transactions.Length} digests, got {digests.Length}.", nameof(digests));
        // Neighbours of one length are hashed together.
        for (int at = 0; at < transactions.Length;)
        {
            int size = PaymentMessage.Size(transactions[at]), count = 1;
            while (count < 64 && at + count < transactions.Length && PaymentMessage.Size(transactions[at + count]) == size) count++;
            if (_messages.Length < count * size) _messages = new byte[Math.Max(count * size, 64 * 256)];
            for (int i = 0; i < count; i++) PaymentMessage.Write(transactions[at + i], chainId, isSponsor: false, _messages.AsSpan(i * size, size));
            KeccakLanes.HashRows(_messages.AsSpan(0, count * size), size, MemoryMarshal.AsBytes(digests.Slice(at, count)));
            at += count;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The bytes of a step (docs/formats/rollups-step.md).</remarks>
    public void WriteItem(in Payment transaction, IBufferWriter<byte> output) => StepItem.Write(transaction, output);

    /// <inheritdoc/>
    public bool TryReadItem(ReadOnlyMemory<byte> bytes, out Payment transaction) => new StepItem(StepKind.Payment, bytes).TryReadPayment(out transaction);

    private static uint SkipOf(in AccountAddress address, in Authorization authorization, IStateView state) =>
        authorization.TryGetKeyIndex(out uint index) && TryRead(address, state, out PaymentAccount account) && index > account.NextKey ? index - account.NextKey : 0;

    private static bool TryRead(in AccountAddress address, IStateView state, out PaymentAccount account)
    {
        account = default;
        return address.TryGetNumber(out _) && state.Read(address.Digest, out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, AccountLayout.Numbered, out account);
    }

    private static int SizeOf(in Authorization authorization) => authorization.PublicKey.Length + authorization.Signature.Length + 8;
}
