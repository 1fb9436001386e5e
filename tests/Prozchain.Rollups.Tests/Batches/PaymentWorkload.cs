using System.Buffers.Binary;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>
/// Transfers as the byte targets have them: sender and recipient drawn from 100,000 numbered accounts, account i with
/// probability in proportion to 1 / (i + 1) (log-uniform); amounts uniform from 1 to 1,999, times one of four powers of
/// ten; one token; one fee for all, doubled by one in 64; the first nonce of a sender log-uniform below 100,000
/// as well. The same for ever.
/// </summary>
internal sealed class PaymentWorkload : IAccountNames
{
    /// <summary>Number of accounts.</summary>
    public const int Accounts = 100_000;

    private const ulong Golden = 0x9E3779B97F4A7C15;

    private static readonly double[] s_cumulative = Cumulative();

    private readonly AccountAddress[] _addresses = new AccountAddress[Accounts];
    private readonly Dictionary<AccountAddress, ulong> _indexes = new(Accounts);
    private readonly ulong[] _nonces = new ulong[Accounts];
    private ulong _state;

    /// <summary>Draws the transfers.</summary>
    public PaymentWorkload(int count, ulong seed)
    {
        _state = seed;
        Span<byte> bytes = stackalloc byte[AccountAddress.Size];
        for (int i = 0; i < Accounts; i++)
        {
            bytes[0] = AccountAddress.P256Scheme;
            for (int at = 1; at < bytes.Length; at += 8) BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], Next());
            AccountAddress.TryRead(bytes, out _addresses[i]);
            _indexes.Add(_addresses[i], (ulong)i);
            _nonces[i] = (ulong)Draw();
        }
        Senders = new int[count];
        Recipients = new int[count];
        Payments = new Payment[count];
        ulong[] next = [.. _nonces];
        for (int i = 0; i < count; i++)
        {
            (Senders[i], Recipients[i]) = (Draw(), Draw());
            UInt128 amount = 1 + Next() % 1_999;
            for (ulong powers = 12 + Next() % 4; powers > 0; powers--) amount *= 10;
            Payments[i] = new Payment
            {
                Kind = PaymentKind.Transfer, Sender = _addresses[Senders[i]], Recipient = _addresses[Recipients[i]], Nonce = next[Senders[i]]++,
                Amount = amount, Fee = Next() % 64 == 0 ? 42_000_000_000UL : 21_000_000_000UL,
            };
        }
    }

    /// <summary>The transfers, in order.</summary>
    public Payment[] Payments { get; }

    /// <summary>Numbers of their senders.</summary>
    public int[] Senders { get; }

    /// <summary>Numbers of their recipients.</summary>
    public int[] Recipients { get; }

    /// <summary>Whether the state before the batch says which nonces to expect; if not, the batch has them.</summary>
    public bool HasNonces { get; set; }

    /// <inheritdoc/>
    public void FindAddresses(ReadOnlySpan<ulong> indices, Span<AccountAddress> addresses)
    {
        for (int i = 0; i < indices.Length; i++) addresses[i] = indices[i] < Accounts ? _addresses[indices[i]] : default;
    }

    /// <inheritdoc/>
    public void FindIndices(ReadOnlySpan<AccountAddress> accounts, Span<ulong> indices)
    {
        for (int i = 0; i < accounts.Length; i++) indices[i] = _indexes.TryGetValue(accounts[i], out ulong index) ? index : IAccountNames.NoIndex;
    }

    /// <inheritdoc/>
    public void GetNonces(ReadOnlySpan<AccountAddress> accounts, Span<ulong> nonces)
    {
        for (int i = 0; i < accounts.Length; i++) nonces[i] = HasNonces && _indexes.TryGetValue(accounts[i], out ulong index) ? _nonces[index] : 0;
    }

    // SplitMix64.
    private ulong Next()
    {
        ulong value = _state += Golden;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private int Draw()
    {
        int found = Array.BinarySearch(s_cumulative, (Next() >> 11) * (1.0 / (1UL << 53)) * s_cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, Accounts - 1);
    }

    private static double[] Cumulative()
    {
        var cumulative = new double[Accounts];
        double sum = 0;
        for (int i = 0; i < Accounts; i++) cumulative[i] = sum += 1.0 / (i + 1);
        return cumulative;
    }
}
