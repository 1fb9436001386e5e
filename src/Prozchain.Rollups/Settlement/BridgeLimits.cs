using System.Numerics;
using System.Runtime.InteropServices;

namespace Prozchain.Rollups.Settlement;

/// <summary>How long the bridge lets a withdrawal wait: by its part of the escrow, how many like it came lately, and how much went out.</summary>
internal sealed record BridgeLimits(ulong Refill, ulong Delay, ulong Cap)
{
    public const ulong Whole = 10_000;

    private const ulong Small = 1, Middling = 100, PeriodSeconds = 86_400, SmallBucket = 256, MiddlingBucket = 16;

    /// <summary>Takes a withdrawal into account and says how many seconds it waits.</summary>
    public ulong Take(in Meter before, ulong now, UInt128 escrow, UInt128 amount, out Meter after)
    {
        after = now >= before.Start + PeriodSeconds ? before with { Start = now, Base = escrow, Paid = 0 } : before;
        if (amount > Part(after.Base, Middling)) return Delay;
        bool isSmall = amount <= Part(after.Base, Small);
        Bucket bucket = isSmall ? after.Small : after.Middling;
        ulong each = isSmall ? Refill : checked(Refill * 16), back = (now - bucket.Since) / each;
        bucket = back >= bucket.Used ? new Bucket(now, 0) : new Bucket(bucket.Since + back * each, bucket.Used - back);
        bool waits = bucket.Used == (isSmall ? SmallBucket : MiddlingBucket) || (BigInteger)after.Paid + amount > Part(after.Base, Cap);
        if (!waits)
        {
            bucket = bucket with { Used = bucket.Used + 1 };
            after = after with { Paid = after.Paid + amount };
        }
        after = isSmall ? after with { Small = bucket } : after with { Middling = bucket };
        return !waits ? 0 : isSmall ? Delay / 8 : Delay / 4;
    }

    private static BigInteger Part(UInt128 whole, ulong part) => (BigInteger)whole * part / Whole;

    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Bucket(ulong Since, ulong Used);

    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Meter(ulong Start, UInt128 Base, UInt128 Paid, Bucket Small, Bucket Middling);
}
