namespace Prozchain.DataAvailability.Committees;

/// <summary>Who attests that data is kept.</summary>
/// <param name="PublicKey">The key with its scheme byte, 1 to 128 bytes.</param>
/// <param name="Weight">Its say, at least 1: stake, or one each.</param>
public readonly record struct CommitteeMember(ReadOnlyMemory<byte> PublicKey, ulong Weight);
