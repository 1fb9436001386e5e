namespace Prozchain.Zk.Security;

/// <summary>
/// The figure that other projects advertise: random words up to the list-decoding capacity, eprint 2025/2010 Section 1.5, list
/// size 1. Not proven. It is printed beside the proven figure and nothing is ever chosen by it.
/// </summary>
internal static class ConjecturedModel
{
    public static double Bits(ProtocolNumbers numbers)
    {
        var unique = new SoundnessModel(numbers, UniqueDecodingBound.Instance);
        GrindingBits ground = numbers.Grinding;
        double rate = Math.ScaleB(1, -numbers.LogBlowup);
        double perQuery = -Math.Log2(rate + (Math.Log2(Math.E) + numbers.LogBlowup) * rate / numbers.Log2Field);
        double bits = Math.Min(numbers.DigestBits / 2.0, numbers.Queries * perQuery + ground.Query);
        if (numbers.Lookups > 0) bits = Math.Min(bits, ground.Lookup - unique.Lookup());
        if (numbers.SharedMessageWidth > 0) bits = Math.Min(bits, ground.Shared - unique.Shared());
        bits = Math.Min(bits, ground.Composition - unique.Composition());
        bits = Math.Min(bits, ground.OutOfDomain - unique.OutOfDomain());
        if (numbers.FoldLogArities.Count > 0)
        {
            int largest = (1 << numbers.FoldLogArities.Max()) - 1;
            double n = Math.ScaleB(1, numbers.LogDimension + numbers.LogBlowup);
            bits = Math.Min(bits, numbers.Log2Field - Math.Log2(largest * (n + 1)) + ground.Fold);
        }
        return bits;
    }
}
