namespace FlyTftp.Reactive.Sessions;

/// <summary>How a session ended. <see cref="OutcomeNames"/> has the spelling for logs and metrics.</summary>
public enum Outcome : byte
{
    /// <summary>The last block was acknowledged.</summary>
    Complete,

    /// <summary>All was sent; the last ACK never came. The client has the file more often than not.</summary>
    Unconfirmed,

    /// <summary>The client wanted the size only: it aborted with ERROR 0 or 8 right after the OACK, as UEFI firmware does on purpose.</summary>
    Probe,

    /// <summary>The client ended it: by an ERROR, by closing its port, or by asking for something else from the same port.</summary>
    Closed,

    /// <summary>The request was answered with an ERROR.</summary>
    Refused,

    /// <summary>The client fell silent.</summary>
    GaveUp,

    /// <summary>The server could not go on: the file was truncated, or there is a bug.</summary>
    Faulted,
}

public static class OutcomeNames
{
    public static string Name(this Outcome outcome) => outcome switch
    {
        Outcome.Complete => "complete",
        Outcome.Unconfirmed => "unconfirmed",
        Outcome.Probe => "probe",
        Outcome.Closed => "closed",
        Outcome.Refused => "refused",
        Outcome.GaveUp => "gave-up",
        _ => "faulted",
    };
}
