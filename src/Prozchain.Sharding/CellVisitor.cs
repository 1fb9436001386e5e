namespace Prozchain.Sharding;

/// <summary>Gets cells one after the other.</summary>
/// <param name="key">The cell's key.</param>
/// <param name="value">Its bytes, valid during the call.</param>
public delegate void CellVisitor(in Digest key, ReadOnlySpan<byte> value);
