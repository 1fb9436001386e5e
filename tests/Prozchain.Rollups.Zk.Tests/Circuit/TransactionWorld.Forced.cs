using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

// Forced items, which come between the payments wherever they are wanted.
internal sealed partial class TransactionWorld
{
    public static PaymentRules Rules { get; } = new(Chain, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered };

    private readonly ForcedReader<Permutation> _reader = new(Rules);

    private readonly List<PublicMessage<F>> _public = [];

    public Dictionary<TransitionStatus, int> Statuses { get; } = [];

    /// <summary>A random deposit that is not of 0.</summary>
    public InboundMessage DrawDeposit() => new()
    {
        Token = _random.Next(12) == 0 ? 1u << 15 : (uint)_random.Next(4),
        Amount = _random.Next(8) switch { 0 => Limbs.Limit - 1, 1 => Limbs.Limit, _ => 1 + _random.NextUInt64(1 << 24) },
        Recipient = _random.Next(8) switch
        {
            0 => default,
            1 => NoKey(),
            2 => AccountAddress.FromPublicKey(Key()),
            3 => AccountAddress.FromPublicKey([3, .. Bytes(_keys[_random.Next(_keys.Count)])]),
            4 => AccountAddress.FromNumber((1 << 30) - 1),
            _ => AccountAddress.FromNumber(Number()),
        },
        Sender = new L1Address(_random.Bytes(20)),
    };

    /// <summary>A random payment as an account could force it, with what its signatures show: key, nonce and index are wrong now and then.</summary>
    public Payment DrawForced() => Sign(Draw() with { IsBare = false, KeySkip = 0, SponsorSkip = 0 });

    /// <summary>The payment with signatures that nobody checks.</summary>
    public Payment Sign(Payment payment, bool isAlwaysRight = false)
    {
        payment = payment with { IsBare = false, KeySkip = 0, SponsorSkip = 0, Signed = Authorize(payment.Sender, isAlwaysRight) };
        if (payment.Sponsor.Scheme != 0) payment = payment with { Sponsored = Authorize(payment.Sponsor, isAlwaysRight) };
        if (!TryRecord(payment.Sender, out PaymentAccount sender)) return payment;
        return payment with { Nonce = sender.Nonce + (!isAlwaysRight && _random.Next(8) == 0 ? 1ul : 0) };
    }

    /// <summary>Applies a forced payment both ways, as one whose signatures are checked.</summary>
    public PaymentResult Force(Payment payment)
    {
        ForcedTransaction item = _reader.Of(payment);
        return Force(item, _native.Apply(payment, true, s_context, _now, _effects).Status);
    }

    /// <summary>Applies a deposit both ways.</summary>
    public PaymentResult Force(InboundMessage deposit)
    {
        ForcedTransaction item = ForcedReader<Permutation>.Of(deposit);
        return Force(item, _native.ApplyInbound(deposit, s_context, _now, _effects).Status);
    }

    /// <summary>Writes a forced payment as its claim has it, right or wrong; if as done, natively a bare one is applied.</summary>
    public void ForceAs(Payment payment, in ForcedClaim claim)
    {
        ForcedTransaction item = _reader.Of(payment);
        if (claim.IsDone) _native.Apply(payment with { IsBare = true }, true, s_context, _now, _effects);
        Assert.Equal(claim.IsDone ? PaymentResult.Applied : PaymentResult.Judged, claim.IsDone ? _writer.Apply(item.With(claim)) : _writer.Apply(item, out _));
        Tell(item, claim, null);
    }

    /// <summary>What a verifier makes of a claim of a payment.</summary>
    public bool TryTell(Payment payment, in ForcedClaim claim) => _reader.Of(payment).TryTell(0, claim, null, []);

    private PaymentResult Force(in ForcedTransaction item, TransitionStatus status)
    {
        uint exits = _writer.Now.Exits;
        PaymentResult result = _writer.Apply(item, out ForcedClaim claim);
        TransitionStatus[] expected = result switch
        {
            PaymentResult.Applied => [TransitionStatus.Applied],
            PaymentResult.InsufficientBalance => [TransitionStatus.InsufficientBalance],
            PaymentResult.UnknownRecipient => [TransitionStatus.UnknownRecipient],
            PaymentResult.CannotPayFee => [TransitionStatus.CannotPayFee],
            PaymentResult.SameKey => [TransitionStatus.Malformed],
            PaymentResult.SentBack => [TransitionStatus.SentBack],
            PaymentResult.UnknownParty => [TransitionStatus.UnknownSender, TransitionStatus.WrongSponsor],
            PaymentResult.Judged when claim.OfSponsor => [TransitionStatus.WrongSponsor],
            PaymentResult.Judged => [TransitionStatus.WrongKey, TransitionStatus.WrongNonce, TransitionStatus.UsedKey],
            _ => [],
        };
        Assert.Contains(status, expected);
        Results[result] = Results.GetValueOrDefault(result) + 1;
        Statuses[status] = Statuses.GetValueOrDefault(status) + 1;
        bool leaves = _writer.Now.Exits > exits;
        Tell(item, claim, leaves ? exits : null);
        if (leaves)
        {
            Effect effect = _effects[^1];
            Assert.Equal((effect.Kind, effect.Token, effect.Amount, effect.Recipient), (item.Effect.Kind, item.Effect.Token, item.Effect.Amount, item.Effect.Recipient));
        }
        return result;
    }

    private void Tell(in ForcedTransaction item, in ForcedClaim claim, uint? exit) => Assert.True(item.TryTell(_writer.Now.Transaction - 1, claim, exit, _public));

    private Authorization Authorize(AccountAddress signer, bool isAlwaysRight)
    {
        bool isThere = TryRecord(signer, out PaymentAccount account);
        uint index = account.NextKey + (isAlwaysRight ? 0 : (uint)_random.Next(3));
        if (!isAlwaysRight && _random.Next(8) == 0 && account.NextKey > 0) index = (uint)_random.Next((int)account.NextKey);
        byte[] key = isThere && (isAlwaysRight || _random.Next(8) != 0) ? [3, .. account.KeyDigest.Span] : Key(), signature = new byte[21];
        signature[0] = 3;
        BinaryPrimitives.WriteUInt32LittleEndian(signature.AsSpan(1), index);
        for (int i = 0; i < 4; i++) BinaryPrimitives.WriteUInt32LittleEndian(signature.AsSpan(5 + 4 * i), (uint)_random.Next(1 << 30));
        return new(key, signature);
    }

    // Of words that are no elements.
    private static AccountAddress NoKey()
    {
        Assert.True(AccountAddress.TryRead([3, .. Enumerable.Repeat((byte)0xFF, 32)], out AccountAddress address));
        return address;
    }

    private bool TryRecord(AccountAddress address, out PaymentAccount account)
    {
        account = default;
        if (!address.TryGetNumber(out uint number) || number >= _writer.Now.Accounts) return false;
        account = Account(_now, number);
        return true;
    }
}
