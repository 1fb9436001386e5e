namespace Prozchain.Sharding.Receipts;

/// <summary>What a notice of a channel says.</summary>
public enum ChannelNoticeKind
{
    /// <summary>From the destination: receipts up to the number may be sent; bundles up to the sequence are applied.</summary>
    Grant = 1,

    /// <summary>From the source: the sequence is the channel's last, as one end of it ended.</summary>
    Close = 2,
}
