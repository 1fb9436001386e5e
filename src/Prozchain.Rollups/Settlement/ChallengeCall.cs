using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>Disputes an assertion, with a bond.</summary>
/// <param name="AssertionId">The assertion.</param>
public sealed record ChallengeCall(long AssertionId) : SettlementPayload
{
    internal const byte KindByte = 3;

    internal override byte Kind => KindByte;

    internal override void WriteBody(WireWriter writer) => writer.WriteVarint((ulong)AssertionId);

    internal static ChallengeCall? TryReadBody(ref WireReader reader) => TryReadNumber(ref reader, out long id) ? new ChallengeCall(id) : null;
}
