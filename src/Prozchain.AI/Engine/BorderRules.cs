using System.Text;

namespace Prozchain.AI.Engine;

/// <summary>What an input or output may be.</summary>
internal static class BorderRules
{
    public const int HostTypes = 8;

    public static string? Check(string name, HostType host, float scale)
    {
        int bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes is 0 or > Border.MaxNameBytes) return $"Expected a name of 1 to {Border.MaxNameBytes} bytes, got {bytes}.";
        if ((uint)host >= HostTypes) return $"Expected a host type in [0, {HostTypes - 1}], got {(int)host}.";
        if (!float.IsNormal(scale) || scale <= 0) return $"Expected a scale that is a positive normal number, got {scale}.";
        return host > HostType.Float16 && scale != 1 ? $"Expected a scale of 1 for {host}, got {scale}." : null;
    }

    public static string? CheckInterval(ElementType type, long min, long max)
    {
        if ((uint)type >= ElementTypes.Count) return $"Expected an element type in [0, {ElementTypes.Count - 1}], got {(int)type}.";
        return min > max || !type.Range().Contains(new Interval(min, max)) ? $"Expected an interval that {type} holds, got [{min}, {max}]." : null;
    }
}
