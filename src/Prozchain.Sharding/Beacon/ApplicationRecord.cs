using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Bytes that an application has the beacon put in order; the beacon does not look inside. A settlement layer reads
/// the records of its own application, in order, from the beacon's blocks.
/// </summary>
public sealed class ApplicationRecord
{
    /// <summary>Makes a record.</summary>
    /// <param name="applicationId">The application.</param>
    /// <param name="data">The bytes, at most <see cref="WireLimits.MaxRecordBytes"/>; not copied.</param>
    /// <exception cref="ArgumentException">More bytes.</exception>
    public ApplicationRecord(uint applicationId, ReadOnlyMemory<byte> data)
    {
        if (data.Length > WireLimits.MaxRecordBytes) throw new ArgumentException($"Expected at most {WireLimits.MaxRecordBytes} bytes, got {data.Length}.", nameof(data));
        ApplicationId = applicationId;
        Data = data;
    }

    /// <summary>The application, by a number that applications agree on among themselves.</summary>
    public uint ApplicationId { get; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }
}
