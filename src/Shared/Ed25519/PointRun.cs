namespace Prozchain.Shared;

/// <summary>Packed affine points in a row, and the signed digits of each, least significant first.</summary>
internal readonly unsafe struct PointRun(ulong* points, sbyte* digits, int count, int digitsEach)
{
    public readonly ulong* Points = points;
    public readonly sbyte* Digits = digits;
    public readonly int Count = count, DigitsEach = digitsEach;
}
