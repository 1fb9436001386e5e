using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Payments;

/// <summary>The state of a numbered rollup: records, directory, count, and what is none of it (docs/formats/rollups-payments.md).</summary>
public sealed class NumberedStateTests
{
    private readonly PaymentWorld _world = new(AccountProfile.Numbered);
    private readonly HashSigner _alice, _bob;

    public NumberedStateTests()
    {
        (_alice, _bob) = (_world.Someone(1), _world.Someone(2));
        _world.Deposit(_alice, 1_000);
    }

    private Digest32 CountKey => _world.Key(PaymentKeys.CountTag);

    [Fact]
    public void Genesis_IsOneAccountAndItsEntry()
    {
        byte[] key = _bob.PublicKey.ToArray();
        var state = new StateStore<KeccakTree>();
        NumberedGenesis.Write<KeccakTree>(state, key);
        Assert.Equal((3, NumberedGenesis.Root<KeccakTree>(key)), (state.Count, state.Root()));
        Assert.NotEqual(NumberedGenesis.Root<KeccakTree>(key), NumberedGenesis.Root<Sha256Tree>(key));
        Assert.Equal(StateReadStatus.Found, state.Read(default, out ReadOnlySpan<byte> record));
        Assert.Equal([0, 0, 0, 0, .. key[1..], .. new byte[28]], record.ToArray());
        Assert.Throws<ArgumentException>(() => NumberedGenesis.Write<KeccakTree>(state, key));
        Assert.Throws<ArgumentException>(() => NumberedGenesis.Root<KeccakTree>(key.AsSpan(0, 32)));
        Assert.Throws<ArgumentException>(() => NumberedGenesis.Root<KeccakTree>([1, .. new byte[64]]));
        Assert.Throws<ArgumentException>(() => NumberedGenesis.Root<KeccakTree>([3, .. Enumerable.Repeat((byte)0x7F, 32)]));
    }

    [Fact]
    public void Accounts_AreMadeByDepositAndByTransfer_OfAnyToken()
    {
        HashSigner carol = _world.Someone(3), dave = _world.Someone(4);
        int keys = _world.Hosts.Count;
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, new Payment { Recipient = _bob.Address, Amount = 7 }));
        // Record and entry.
        Assert.Equal(keys + 2, _world.Hosts.Count);
        _world.Deposit(carol, 9, token: 4);
        Assert.Equal(TransitionStatus.Applied, _world.Do(carol, new Payment { Recipient = dave.Address, Amount = 2, Token = 4 }));
        Assert.Equal([1u, 2u, 3u, 4u], new[] { _alice, _bob, carol, dave }.Select(person => _world.NumberOf(person)!.Value));
        Assert.Equal(BitConverter.GetBytes(5UL), _world.Read(CountKey));
        byte[] record = _world.Read(AccountAddress.FromNumber(2).Digest);
        Assert.Equal([2, 0, 0, 0, .. _bob.PublicKey.Span[1..], .. new byte[12], 7, .. new byte[15]], record);
        Assert.Equal((2u, 7u), ((uint)_world.Balance(dave, 4), (uint)_world.Balance(carol, 4)));
        Assert.Equal(BitConverter.GetBytes((UInt128)2), _world.Read(_world.BalanceKey(AccountAddress.FromNumber(4), 4)));
        // Both names are one account, and so is the balance.
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, new Payment { Recipient = _bob.Address, Amount = 1 }));
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, new Payment { Recipient = AccountAddress.FromNumber(2), Amount = 1 }));
        Assert.Equal(TransitionStatus.Applied, _world.Deposit(AccountAddress.FromNumber(2), 1));
        Assert.Equal(10u, (uint)_world.Balance(_bob));
        Assert.Equal(BitConverter.GetBytes(5UL), _world.Read(CountKey));
    }

    [Fact]
    public void SenderRecipientAndFeeRecipient_MayBeOneAccount()
    {
        HashSigner collector = _world.Collector;
        _world.Deposit(collector, 100);
        _world.Deposit(collector, 50, token: 3);
        var own = new Payment { Recipient = AccountAddress.FromNumber(0), Amount = 30, Fee = 5 };
        Assert.Equal(TransitionStatus.Applied, _world.Do(collector, own));
        Assert.Equal(TransitionStatus.Applied, _world.Do(collector, own with { Recipient = collector.Address, Token = 3, FeeToken = 3 }));
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, own with { Amount = 1 }, sponsor: collector));
        Assert.Equal(TransitionStatus.InsufficientBalance, _world.Do(collector, own with { Amount = 102 }));
        Assert.Equal((101u, 50u, 3UL), ((uint)_world.Balance(collector), (uint)_world.Balance(collector, 3), _world.Account(collector).Nonce));
        Assert.Equal(collector.Index, _world.Account(collector).NextKey);
    }

    [Fact]
    public void ARotatedKey_IsAnotherAccountToWhoPaysToIt()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, new Payment { Kind = PaymentKind.RotateKey, Payload = _bob.PublicKey }));
        Assert.Equal(_bob.Address.Digest, _world.Account(_alice).KeyDigest);
        Assert.Equal(TransitionStatus.Applied, _world.Deposit(_bob.Address, 5));
        Assert.Equal((2u, 5u, 1_000u), (_world.NumberOf(_bob)!.Value, (uint)_world.Balance(_bob), (uint)_world.Balance(_alice)));
        Assert.Equal(TransitionStatus.Applied, _world.Deposit(_alice.Address, 5));
        Assert.Equal(1_005u, (uint)_world.Balance(_alice));
    }

    [Fact]
    public void WhoIsNotThere_GetsNothing()
    {
        byte[] large = [3, .. Enumerable.Repeat((byte)0x7F, 32)];
        Assert.True(AccountAddress.TryRead(large, out AccountAddress noKey));
        foreach (AccountAddress nobody in (AccountAddress[])[AccountAddress.FromNumber(2), AccountAddress.FromNumber((1 << 30) - 1), noKey, new HashSigner(7).Address, default, new AccountAddress(4, _alice.Address.Digest.Value)])
            Assert.Equal(TransitionStatus.SentBack, _world.Deposit(nobody, 5));
        Assert.Equal(TransitionStatus.SentBack, _world.Deposit(_alice.Address, 5, token: 1 << 15));
        Assert.Equal(TransitionStatus.Applied, _world.Deposit(_alice.Address, 5, token: (1 << 15) - 1));
        Assert.Equal(1_000u, (uint)_world.Supply(0));

        var payment = new Payment { Recipient = AccountAddress.FromNumber(2), Amount = 5, Fee = 3 };
        Assert.Equal(TransitionStatus.UnknownRecipient, _world.Do(_alice, payment));
        Assert.Equal((997u, 1UL, _alice.Index), ((uint)_world.Balance(_alice), _world.Account(_alice).Nonce, _world.Account(_alice).NextKey));
        // A transfer of nothing asks nobody; one of too much fails before.
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, payment with { Amount = 0 }));
        Assert.Equal(TransitionStatus.InsufficientBalance, _world.Do(_alice, payment with { Amount = 1_000 }));
        Assert.True(TransitionStatus.UnknownRecipient.IsValid());
        Assert.False(TransitionStatus.UsedKey.IsValid());
    }

    [Fact]
    public void AsManyAccountsAsNumbers_AreTheLast()
    {
        _world.State.Write(CountKey, BitConverter.GetBytes((ulong)NumberedLimits.Accounts - 1));
        Assert.Equal(TransitionStatus.Applied, _world.Deposit(_bob.Address, 1));
        Assert.Equal(NumberedLimits.Accounts - 1, _world.NumberOf(_bob));
        Assert.Equal(TransitionStatus.SentBack, _world.Deposit(_world.Someone(3).Address, 1));
        Assert.Equal(TransitionStatus.UnknownRecipient, _world.Do(_alice, new Payment { Recipient = _world.Someone(3).Address, Amount = 1 }));
    }

    /// <summary>The number in a record is compared with its place, and the count says who is there.</summary>
    [Fact]
    public void StateThatNoRulesLedTo_IsCorrupt()
    {
        var payment = new Payment { Recipient = _bob.Address, Amount = 5 };
        Payment signed = _world.Sign(_alice, payment);
        Digest32 place = AccountAddress.FromNumber(1).Digest;
        byte[] good = _world.Read(place);
        foreach ((int at, byte value) in ((int, byte)[])[(0, 2), (3, 0x40), (7, 0x7F), (43, 0x10), (47, 0x40), (63, 1)])
        {
            byte[] record = [.. good];
            record[at] = value;
            if (at == 7) (record[4], record[5], record[6]) = (1, 0, 0);
            _world.State.Write(place, record);
            Assert.Equal(TransitionStatus.CorruptState, _world.Hosts.Apply(signed).Status);
        }
        _world.State.Write(place, good.AsSpan(0, 63));
        Assert.Equal(TransitionStatus.CorruptState, _world.Hosts.Apply(signed).Status);
        _world.State.Write(place, good);
        _world.State.Write(CountKey, BitConverter.GetBytes(3UL));
        Assert.Equal(TransitionStatus.CorruptState, _world.Hosts.Apply(signed with { Sender = AccountAddress.FromNumber(2) }, isAuthentic: true).Status);
        Assert.Equal(TransitionStatus.UnknownSender, _world.Hosts.Apply(signed with { Sender = AccountAddress.FromNumber(3) }, isAuthentic: true).Status);
        _world.State.Write(CountKey, new byte[7]);
        Assert.Equal(TransitionStatus.CorruptState, _world.Hosts.Apply(signed).Status);
        _world.State.Write(CountKey, BitConverter.GetBytes(2UL));
        foreach (byte[] entry in (byte[][])[[9, 0, 0, 0], [0, 0, 0, 0x40], [1, 0, 0]])
        {
            _world.State.Write(PaymentKeys.Account(_bob.Address), entry);
            Assert.Equal(TransitionStatus.CorruptState, _world.Hosts.Apply(signed).Status);
        }
    }

    [Fact]
    public void Record_IsReadAsItWasWritten_OrNotAtAll()
    {
        var random = new SeededRandom(TestSettings.Seed);
        Span<byte> again = new byte[PaymentAccount.NumberedSize];
        int read = 0;
        for (int i = 0; i < 2_000; i++)
        {
            byte[] bytes = random.Bytes(i % 50 == 0 ? random.Next(100) : PaymentAccount.NumberedSize);
            if (i % 2 == 0 && bytes.Length == 64)
            {
                for (int word = 3; word < 48; word += 4) bytes[word] &= 0x3F;
                (bytes[43], bytes[63]) = (0, 0);
            }
            if (!PaymentAccount.TryRead(bytes, AccountLayout.Numbered, out PaymentAccount account)) continue;
            read++;
            Assert.Equal(PaymentAccount.NumberedSize, account.Write(again, AccountLayout.Numbered));
            Assert.True(again.SequenceEqual(bytes));
        }
        Assert.InRange(read, 900, 1_000);
    }

    [Fact]
    public void BalancesOfManyNumbers_KeepTheirKeysApartInTheMemo()
    {
        var memo = new KeyMemo<CountingTree>(1 << 12, AccountLayout.Numbered);
        for (int round = 0; round < 2; round++)
        {
            int before = CountingTree.Count;
            for (uint number = 0; number < 500; number++)
                Assert.Equal(PaymentKeys.Balance(AccountAddress.FromNumber(number), 5), memo.Balance(AccountAddress.FromNumber(number), 5));
            Assert.InRange(CountingTree.Count - before, 0, round == 0 ? 500 : 100);
        }
    }

    [Theory]
    [InlineData(AccountProfile.Numbered, "6af2ab50c5d3e145b3999437c0e02976f37c03ff73bfd85c3a32853035af6ab7")]
    [InlineData(AccountProfile.NumberedSha256, "98c97268c2b2372821d4441109a08fc3f956186b06dd1fff1414da9fa7caf65a")]
    public void Roots_AreFrozen(AccountProfile profile, string expected)
    {
        var world = new PaymentWorld(profile);
        HashSigner[] people = [.. Enumerable.Range(0, 4).Select(world.Someone)];
        var all = new ArrayBufferWriter<byte>();
        foreach (HashSigner person in people) world.Deposit(person, 1_000);
        foreach (HashSigner person in people) world.Deposit(person, 500, token: 1);
        Payment[] story =
        [
            new() { Recipient = AccountAddress.FromNumber(2), Amount = 10, Fee = 1 },
            new() { Recipient = world.Someone(77).Address, Amount = 7, Token = 1, Fee = 9, FeeToken = 1 },
            new() { Kind = PaymentKind.Withdraw, Token = 1, Amount = 3, L1Recipient = PaymentWorld.Outside },
            new() { Kind = PaymentKind.Message, L1Recipient = PaymentWorld.Outside, Payload = new byte[] { 1, 2, 3 } },
            new() { Kind = PaymentKind.RotateKey, Payload = world.Someone(78).PublicKey },
        ];
        foreach (Payment payment in story)
        {
            TransitionOutcome outcome = world.Hosts.Apply(world.Sign(people[0], payment, sponsor: payment.Fee > 3 ? people[1] : null));
            Assert.Equal(TransitionStatus.Applied, outcome.Status);
            all.Write(BitConverter.GetBytes(outcome.Resources.ExecutionGas));
            all.Write(BitConverter.GetBytes(outcome.Resources.ProvingUnits));
            all.Write(world.Hosts.Root().Span);
        }
        all.Write(world.Hosts.Effects.ExitRoot().Span);
        string actual = Convert.ToHexStringLower(SHA256.HashData(all.WrittenSpan));
        Assert.True(actual == expected, actual);
    }

    private readonly struct CountingTree : IStateHash
    {
        public static int Count { get; private set; }

        public static void HashMany(byte domain, ReadOnlySpan<byte> messages, int length, Span<byte> digests)
        {
            Count += digests.Length / 32;
            KeccakTree.HashMany(domain, messages, length, digests);
        }
    }
}
