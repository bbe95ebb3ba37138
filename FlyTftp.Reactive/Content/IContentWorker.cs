namespace FlyTftp.Reactive.Content;

/// <summary>Does what may block, away from the pipeline's thread.</summary>
public interface IContentWorker
{
    /// <summary>Takes a job, which never throws, to be run soon on another thread.</summary>
    /// <returns><c>false</c>, at once: too much is waiting already. The job will not run.</returns>
    bool TryPost(Action job);
}
