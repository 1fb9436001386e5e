using System.Buffers.Binary;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Rollups.Zk.State;
using Prozchain.Testing;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>States that no rules lead to, with roots and witnesses that fit them.</summary>
internal sealed class LyingState<TCells>(SignedRollup<TCells> rollup, SeededRandom random) where TCells : struct, IPermutationCells<F>
{
    private const int RootAt = 2;

    /// <summary>The input of a batch upon a state in which some values are others; null if the batch needs what nobody shows.</summary>
    public ProverInput? Change(ProverInput input, SignedBatch batch)
    {
        Assert.True(StatelessState<PoseidonTree<TCells>>.TryOpen(input.RootBefore, input.State, out StatelessState<PoseidonTree<TCells>> part));
        for (int lies = random.Next(1, 4); lies > 0; lies--) Lie(part);
        Digest32 root = part.Root();
        var recording = new RecordingState<PoseidonTree<TCells>>(part);
        var native = new Payments<PoseidonTree<TCells>>(rollup.PaymentRules, new HashVerifier<TCells>(), keyMemo: 64);
        var effects = new EffectLog();
        var context = new BatchContext(input.ChainId, input.Number, input.Time, 0);
        effects.Begin(context);
        recording.Read(PaymentKeys.Accounts<PoseidonTree<TCells>>(), out _);
        foreach (SignedBatch.Item item in batch.Forced)
        {
            if (item.Deposit is { } deposit) native.ApplyInbound(deposit, context, recording, effects);
            else if (item.Payment is { } payment) native.Apply(payment, item.MayWork, context, recording, effects);
        }
        foreach (Payment payment in batch.Payments) native.Apply(payment with { IsBare = true, Nonce = 0, Signed = default, Sponsored = default }, true, context, recording, effects);
        if (recording.Witness() is not { } witness) return null;
        byte[] source = input.Source.ToArray();
        root.Span.CopyTo(source.AsSpan(RootAt));
        return SignedRollup<TCells>.With(input, source) with { RootBefore = root, State = witness };
    }

    private void Lie(StatelessState<PoseidonTree<TCells>> part)
    {
        uint number = (uint)random.Next((int)rollup.Accounts);
        (Digest32 key, byte[] value) = random.Next(6) switch
        {
            0 or 1 => (AccountAddress.FromNumber(number).Digest, Record(number)),
            // A count that is another's, of records that are not there or not counted, is the one lie that tables would believe: who has a number is who is counted.
            2 => (PaymentKeys.Accounts<PoseidonTree<TCells>>(), Count()),
            3 => (PaymentKeys.Supply<PoseidonTree<TCells>>((uint)random.Next(4)), Amount()),
            4 => (PaymentKeys.Balance<PoseidonTree<TCells>>(AccountAddress.FromNumber(number), (uint)random.Next(1, 4)), Amount()),
            _ => (PaymentKeys.Account<PoseidonTree<TCells>>(AccountAddress.FromPublicKey(rollup.Keys[random.Next(rollup.Keys.Count)].PublicKey.Span)), Number()),
        };
        bool isRecord = key == AccountAddress.FromNumber(number).Digest;
        if (part.Read(key, out ReadOnlySpan<byte> before) == StateReadStatus.Unknown || (isRecord && before.IsEmpty)) return;
        // Nothing under the key of a number has another form, as the tree's hash would not be one.
        if (random.Next(10) == 0 && !before.IsEmpty && !isRecord) value = random.Bytes(random.Next(1, 40));
        part.Write(key, value);
    }

    private byte[] Record(uint number)
    {
        PaymentAccount account = rollup.Read(number);
        account = random.Next(5) switch
        {
            0 => new PaymentAccount((1UL << 60) - 1 - (uint)random.Next(2), number, account.KeyDigest) { Balance = account.Balance, NextKey = account.NextKey },
            1 => account with { NextKey = (uint)random.Next(1 << 30) },
            2 => account with { NextKey = 59_049 - (uint)random.Next(3) },
            3 => account with { Balance = RandomRows<TCells>.MostAmount - (uint)random.Next(3) },
            _ => new PaymentAccount(account.Nonce, number, new([.. rollup.Keys[random.Next(rollup.Keys.Count)].PublicKey.Span[1..]])) { Balance = account.Balance, NextKey = account.NextKey },
        };
        var value = new byte[64];
        account.Write(value, AccountLayout.Numbered);
        return value;
    }

    private byte[] Number()
    {
        var value = new byte[sizeof(ulong)];
        uint accounts = rollup.Accounts;
        BinaryPrimitives.WriteUInt64LittleEndian(value, random.Next(7) switch { 0 => 0, 1 => 1, 2 => accounts + (ulong)random.Next(3), 3 => (1UL << 30) - (uint)random.Next(3), 4 => ulong.MaxValue >> random.Next(64), _ => random.NextUInt64(accounts) });
        return value[..sizeof(uint)];
    }

    private byte[] Count()
    {
        var value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, random.Next(2) == 0 ? (1UL << 30) + (uint)random.Next(2) : ulong.MaxValue >> random.Next(34));
        return value;
    }

    private byte[] Amount()
    {
        var value = new byte[16];
        UInt128 most = RandomRows<TCells>.MostAmount;
        BinaryPrimitives.WriteUInt128LittleEndian(value, random.Next(5) switch { 0 => 0, 1 => most - (uint)random.Next(3), 2 => most + 1, 3 => UInt128.MaxValue >> random.Next(128), _ => (UInt128)random.Next(1_000) });
        return value;
    }
}
