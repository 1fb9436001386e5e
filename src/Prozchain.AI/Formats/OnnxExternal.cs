namespace Prozchain.AI.Formats;

/// <summary>Where a tensor's elements lie in another file.</summary>
/// <param name="Location">Path relative to the model's folder, with '/' between its parts; never leaves that folder.</param>
/// <param name="Offset">First byte in that file.</param>
/// <param name="Length">Bytes, or null when the model does not say: then what shape and type give.</param>
public readonly record struct OnnxExternal(string Location, long Offset, long? Length)
{
    /// <summary>Reads the entries of external_data into place and length; unknown keys are skipped.</summary>
    internal static OnnxStatus TryAdd(ReadOnlySpan<byte> entry, long origin, ref OnnxExternal? external)
    {
        string key = "", value = "";
        var fields = new ProtoReader(entry, origin);
        while (fields.Next())
        {
            if (fields.Number == 1) key = fields.Text();
            else if (fields.Number == 2) value = fields.Text();
        }
        if (fields.Status != OnnxStatus.Ok) return fields.Status;
        OnnxExternal now = external ?? new OnnxExternal("", 0, null);
        switch (key)
        {
            case "location":
                value = value.StartsWith("./", StringComparison.Ordinal) ? value[2..] : value;
                if (!StaysInside(value)) return OnnxStatus.InvalidExternalData;
                external = now with { Location = value };
                return OnnxStatus.Ok;
            case "offset" or "length":
                if (!long.TryParse(value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number))
                    return OnnxStatus.InvalidExternalData;
                external = key == "offset" ? now with { Offset = number } : now with { Length = number };
                return OnnxStatus.Ok;
            default:
                external = now;
                return OnnxStatus.Ok;
        }
    }

    // A location is a name that a host will open: absolute paths, drives and steps upwards are refused here, for every host.
    // Some file systems drop dots and spaces at the end of a name, so that '.. ' is a step upwards too.
    private static bool StaysInside(string location) =>
        location.Length > 0 && location.IndexOfAny(['\\', ':', '\0']) < 0 && location[0] != '/'
        && !location.Any(char.IsControl)
        && location.Split('/').All(part => part.AsSpan().TrimEnd(". ").Length > 0);
}
