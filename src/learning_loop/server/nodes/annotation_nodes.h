#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/node_ack.h"
#include "learning_loop/data/user_input.h"
#include "learning_loop/socketio/peer.h"

#include <boost/json/value.hpp>

#include <list>
#include <optional>
#include <string>
#include <utility>

namespace learning_loop {

class ConnectedNodes;
class NodeHub;
struct NodePeer;
namespace store {
class ImageEditor;
class ImageRepository;
class ProjectRepository;
struct Project;
} // namespace store

/// The annotation nodes that help people to draw: what a person does over an image is passed on to one of them, always
/// the same for one window, and what it draws comes back. All parts must outlive the hub's connections. To be used on
/// the io thread.
class AnnotationNodes {
public:
    AnnotationNodes(NodeHub& hub, ConnectedNodes& nodes, store::ProjectRepository& projects,
                    store::ImageRepository& images, store::ImageEditor& editor);

    /// Returns what the node draws, as SVG; empty: nothing. What the input tells of the project and of the category is
    /// completed, since nodes trust the Loop. Errors: not_found if it is about no image of the project. unprocessable
    /// if it is about no category of it, or the node could not do it; then the message is the node's. unavailable if no
    /// annotation node is connected, or it does not answer.
    Task<Result<std::string>> pass_on(store::Project project, UserInput input);

    /// The window is gone: its node forgets what it has begun to draw. One that has drawn nothing does no harm.
    Task<Result<void>> forget(std::string frontend);

private:
    static constexpr std::size_t max_windows = 1000; ///< Whose node is remembered: the last that did something.

    struct Window {
        std::string frontend;
        std::string node;
    };

    Task<Result<NodeAck>> update_annotation_node(NodePeer from, boost::json::value status);
    Task<Result<NodeAck>> update_segmentation_annotation(NodePeer from, std::string organization, std::string project,
                                                         SegmentationAnnotation annotation);
    Task<Result<void>> check(store::Project const& project, SegmentationAnnotation const& annotation);
    socketio::PeerPtr peer_for(std::string const& frontend, Context const& context);

    NodeHub& hub_;
    ConnectedNodes& nodes_;
    store::ProjectRepository& projects_;
    store::ImageRepository& images_;
    store::ImageEditor& editor_;
    std::list<Window> windows_; ///< The last that did something is first.
};

} // namespace learning_loop
