using System.Buffers.Binary;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Rollups.Zk.State;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Reads forced items from their bytes as far as that goes without a state. Not thread-safe.</summary>
/// <remarks>
/// Nothing, and no transaction, is an item of the bridge that is no deposit or has the amount 0, and an item of anybody else that is no payment (as a message in is none: where its sender's scheme would stand is a 0), is
/// malformed, is not signed, or has the last nonce, which no account gets past.
/// </remarks>
/// <typeparam name="TPermutation">The permutation.</typeparam>
/// <param name="rules">The rules of the numbered rollup.</param>
internal sealed class ForcedReader<TPermutation>(PaymentRules rules) where TPermutation : struct, IPermutation<F>
{
    private const ulong LastNonce = (1UL << 60) - 1;

    private readonly Payments<PoseidonTree<TPermutation>> _native = new(rules, new HashVerifier<TPermutation>());
    private readonly StateStore<PoseidonTree<TPermutation>> _nobody = new();
    private readonly EffectLog _effects = new();
    private readonly MessageLanes<TPermutation> _digests = new(new Compressor<TPermutation>());
    private readonly Payment[] _one = new Payment[1];
    private readonly bool[] _authentic = new bool[1];

    /// <summary>Reads an item: false if it does nothing whatever the state.</summary>
    /// <param name="isBridges">Whether the bridge queued it.</param>
    /// <param name="data">Its bytes.</param>
    /// <param name="item">What is read.</param>
    public bool TryRead(bool isBridges, ReadOnlyMemory<byte> data, out ForcedTransaction item)
    {
        item = default;
        if (isBridges)
        {
            if (!new StepItem(StepKind.Deposit, data).TryReadDeposit(out InboundMessage deposit) || deposit.Amount == 0) return false;
            item = Of(deposit);
            return true;
        }
        if (!new StepItem(StepKind.ForcedPayment, data).TryReadPayment(out Payment payment) || payment.Nonce == LastNonce) return false;
        _one[0] = payment;
        _native.Authenticate(_one, _authentic);
        // Where there are no accounts, all that the rules can have against a payment of the right form is that its sender is not there.
        if (_native.Apply(payment, _authentic[0], new BatchContext(rules.ChainId, 0, 0, 0), _nobody, _effects).Status != TransitionStatus.UnknownSender) return false;
        item = Of(payment);
        return true;
    }

    /// <summary>The item of a deposit that is not of 0.</summary>
    public static ForcedTransaction Of(in InboundMessage deposit)
    {
        bool isNumber = deposit.Recipient.TryGetNumber(out uint number) && number < AccountAddress.MaxNumber - 1;
        bool isKey = TryReadWords(deposit.Recipient.Digest.Span, out Eight key) && deposit.Recipient.Scheme == AccountAddress.HashScheme;
        bool fits = (isNumber || isKey) && deposit.Token < Limbs.Radix && deposit.Amount < Limbs.Limit;
        PostedPayment payment = new() { Sender = CellName.SupplyOwner, To = fits ? isKey ? 0 : number + 1 : AccountAddress.MaxNumber };
        if (fits) payment = payment with { ByKey = isKey, Token = deposit.Token, Amount = deposit.Amount, Tail = isKey ? key : default };
        return new() { Payment = payment, Deposit = deposit };
    }

    /// <summary>The item of a payment whose form and signatures hold.</summary>
    public ForcedTransaction Of(in Payment payment)
    {
        Span<byte> message = stackalloc byte[PaymentMessage.Size(payment)];
        PaymentMessage.Write(payment, rules.ChainId, isSponsor: false, message);
        ForcedSignature sender = Signature(payment, payment.Signed, message, out SignatureRandomness senders);
        SignatureRandomness sponsors = default;
        ForcedSignature? sponsor = null;
        bool hasSponsor = payment.Sponsor.Scheme != 0;
        ReadOnlySpan<byte> words = message;
        PostedPayment posted = new()
        {
            Kind = (uint)payment.Kind, ByKey = payment.Recipient.Scheme == AccountAddress.HashScheme, Sender = Word(words, 2), To = Word(words, 6), Sponsor = Word(words, 7),
            Token = payment.Token, FeeToken = payment.FeeToken, Amount = payment.Amount, Fee = payment.Fee, Tail = Block(words, 2), Payload = (Block(words, 3), Block(words, 4)),
        };
        if (hasSponsor)
        {
            PaymentMessage.Write(payment, rules.ChainId, isSponsor: true, message);
            sponsor = Signature(payment, payment.Sponsored, message, out sponsors);
        }
        return new() { Payment = posted with { Randomness = (senders, sponsors) }, Sender = sender, Sponsor = sponsor, Recipient = payment.L1Recipient, Payload = payment.Payload };
    }

    private ForcedSignature Signature(in Payment payment, in Authorization authorization, ReadOnlySpan<byte> message, out SignatureRandomness randomness)
    {
        ReadOnlySpan<byte> signature = authorization.Signature.Span;
        uint index = BinaryPrimitives.ReadUInt32LittleEndian(signature[HashSignature.IndexAt..]);
        Eight key = Words(authorization.PublicKey.Span[1..]), digest = default;
        randomness = default;
        for (int i = 0; i < HashSignature.RandomElements; i++) F.TryRead(signature.Slice(HashSignature.RandomAt + sizeof(uint) * i, sizeof(uint)), out randomness[i]);
        _digests.Load(0, randomness, ((ReadOnlySpan<F>)key)[HashSignature.RootElements..], F.FromUInt32(index), message);
        _digests.Run(1);
        for (int i = 0; i < Eight.Length; i++) digest[i] = _digests.Digests[Compressor<TPermutation>.Lanes * i];
        return new(key, index, payment.Nonce, digest);
    }

    private static uint Word(ReadOnlySpan<byte> words, int at) => BinaryPrimitives.ReadUInt32LittleEndian(words[(sizeof(uint) * at)..]);

    private static Eight Block(ReadOnlySpan<byte> words, int block) => words.Length > HashSignature.WordBlockSize * block ? Words(words[(HashSignature.WordBlockSize * block)..]) : default;

    private static Eight Words(ReadOnlySpan<byte> bytes) => TryReadWords(bytes, out Eight words) ? words : throw new ArgumentException("Expected words of a payment that is well-formed, got others.", nameof(bytes));

    private static bool TryReadWords(ReadOnlySpan<byte> bytes, out Eight words)
    {
        words = default;
        bool areElements = true;
        for (int i = 0; i < Eight.Length; i++) areElements &= F.TryRead(bytes.Slice(sizeof(uint) * i, sizeof(uint)), out words[i]);
        return areElements;
    }
}
