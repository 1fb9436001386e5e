using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>The bytes of docs/formats/rollups-step.md stay as they are, and others are read as nothing.</summary>
public sealed class StepFormatTests
{
    private static readonly Payment s_payment = new()
    {
        Kind = PaymentKind.Message, Sender = new HashSigner(1).Address, Nonce = 2, Token = 3, Amount = 4, Recipient = new HashSigner(5).Address, FeeToken = 6, Fee = 7,
        Sponsor = new HashSigner(8).Address, L1Recipient = new L1Address([.. Enumerable.Repeat((byte)9, 20)]), Payload = new byte[] { 10, 11 },
        Signed = new Authorization(new byte[] { 12 }, new byte[] { 13, 14 }), Sponsored = new Authorization(default, new byte[] { 15 }),
    };

    private static readonly InboundMessage s_deposit = new() { Token = 1, Amount = UInt128.MaxValue, Recipient = new HashSigner(2).Address, Sender = new L1Address([.. Enumerable.Repeat((byte)3, 20)]) };

    [Fact]
    public void Digests_AreFrozen()
    {
        var machine = new StepMachine(StepItem.Close.Digest(), StepItem.Of(s_deposit).Digest(), 3, new ResourceUse(4, 5), StepItem.Of(s_payment).Digest(), default);
        Assert.Equal("b9e57b13c631724b120466ed4e8a09256af8716a1eb69426d8ece1383925ab60", StepItem.Of(s_payment).Digest().ToString());
        Assert.Equal("024ec9a25b517818eaaf97a4131751fbab0973d84dd48df6b5bc23668f377358", StepItem.Of(s_payment, isForced: true).Digest().ToString());
        Assert.Equal("757a842cb8f6881fe16df14afe7039d4d53eaa159896de519f27219f4d31b032", StepItem.Of(s_deposit).Digest().ToString());
        Assert.Equal("69c322e3248a5dfc29d73c5b0553b0185a35cd5bb6386747517ef7e53b15e287", StepItem.Close.Digest().ToString());
        Assert.Equal("ecaf49c15d63e2c71eb2a61bd99f843841e532a284af43d468586ad8ae071f84", machine.Leaf().ToString());
        Assert.Equal("e4e7c2a7602793cf0ec3d0556d77701438c8bb23afae56be21b95b5b5de2b79d", machine.Edge().ToString());
    }

    /// <summary>Within a bare batch a leaf names state, exits and the state before, and three words are zero.</summary>
    [Fact]
    public void Leaf_OfABareBatch_IsFrozen()
    {
        Digest32 state = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]), exits = new([.. Enumerable.Range(33, 32).Select(i => (byte)i)]), before = new([.. Enumerable.Range(65, 32).Select(i => (byte)i)]);
        StepMachine machine = StepMachine.Bare(state, exits, 0x0102, before);
        byte[] words = [.. state.Span, .. exits.Span, .. new byte[30], 1, 2, .. new byte[2 * 32], .. before.Span, .. new byte[32]];
        Assert.Equal(new Digest32(Hashing.Keccak(words)), machine.Leaf());
        Assert.Equal("7e363307e7e617906de711100b3c4d5c64d547495fc809f860c5d06641a28355", machine.Leaf().ToString());
        Assert.Equal(Hashing.Pair(state, exits), machine.Edge());
    }

    /// <summary>Numbered accounts sign other bytes; a step has the same fields.</summary>
    [Fact]
    public void Items_OfNumberedAccounts_HaveTheSameFields()
    {
        AccountAddress alias = AccountAddress.FromNumber(0x01020304);
        Payment numbered = s_payment with { Sender = alias };
        byte[] expected = StepItem.Of(s_payment).Data.ToArray(), name = new byte[AccountAddress.Size];
        alias.CopyTo(name);
        name.CopyTo(expected, 1);
        StepItem item = StepItem.Of(numbered);
        Assert.Equal(expected, item.Data.ToArray());
        Assert.True(item.TryReadPayment(out Payment read));
        Assert.Equal(alias, read.Sender);
        // What no signature posts is not in it either.
        Assert.Equal(expected, StepItem.Of(numbered with { IsBare = true, KeySkip = 3 }).Data.ToArray());
        Assert.False(read.IsBare);
    }

    [Fact]
    public void Items_ReadBack_AndNoOtherBytesDo()
    {
        StepItem payment = StepItem.Of(s_payment), deposit = StepItem.Of(s_deposit);
        Assert.True(payment.TryReadPayment(out Payment read));
        Assert.Equal(payment.Data.ToArray(), StepItem.Of(read).Data.ToArray());
        Assert.True(deposit.TryReadDeposit(out InboundMessage inbound));
        Assert.Equal(s_deposit, inbound);
        Assert.False(deposit.TryReadPayment(out _));
        Assert.False(payment.TryReadDeposit(out _));
        for (int length = 0; length < payment.Data.Length; length++) Assert.False((payment with { Data = payment.Data[..length] }).TryReadPayment(out _));
        Assert.False((payment with { Data = (byte[])[.. payment.Data.Span, 0] }).TryReadPayment(out _));
        var random = new Random(5);
        for (int i = 0; i < 2_000; i++)
        {
            byte[] changed = payment.Data.ToArray();
            changed[random.Next(168, changed.Length)] ^= (byte)(1 << random.Next(8));
            StepItem other = payment with { Data = changed };
            if (other.TryReadPayment(out read)) Assert.Equal(changed, StepItem.Of(read).Data.ToArray());
        }
        for (int at = 0; at < StepItem.DepositSize; at++)
        {
            byte[] changed = deposit.Data.ToArray();
            changed[at] ^= 0x40;
            StepItem other = deposit with { Data = changed };
            if (other.TryReadDeposit(out inbound)) Assert.Equal(changed, StepItem.Of(inbound).Data.ToArray());
            else Assert.True(at % 32 < 31);
        }
    }
}
